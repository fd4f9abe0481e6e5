# frozen_string_literal: true

# Reads paths of Vagrantfiles, runs each with a Vagrant that only listens, and says as JSON what it was told: one line a file.
# Whatever would start something is heard as well.
require "json"
require "pathname"

$effects = []

module Kernel
  %i[system spawn exec fork open `].each do |name|
    define_method(name) do |*words, **_|
      $effects << "#{name} #{words.inspect}"
      nil
    end
  end
end

class << IO
  %i[popen pipe].each { |name| define_method(name) { |*words| $effects << "IO.#{name} #{words.inspect}" } }
end

module Vagrant
  module Errors
    class VagrantError < StandardError; end
  end

  def self.require_version(*) end

  def self.source_root
    Pathname.new("/nowhere")
  end

  def self.user_data_path
    "/nowhere"
  end

  def self.configure(_version)
    yield Listener.new
  end
end

class Listener
  def trigger
    self
  end

  def ruby; end

  def define(name)
    $told << name
    yield self
  end

  def method_missing(_name, *words)
    words.each { |word| $told << word if word.is_a?(String) }
    yield self, self if block_given?
    self
  end

  def respond_to_missing?(*)
    true
  end
end

$stdin.each_line(chomp: true) do |path|
  $told = []
  $effects.clear
  wrong = nil
  begin
    Module.new.module_eval(File.read(path), path)
  rescue Exception => e
    wrong = "#{e.class}: #{e.message}"
  end
  puts JSON.generate({ told: $told, effects: $effects, wrong: wrong })
end
