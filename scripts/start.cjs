#!/usr/bin/env node
// Becomes dist/labgen.cjs. It starts the bundles beside it with the machine code V8 made of them at build time, which
// halves the start. V8 itself compares a cache only with its own version and the length of the text, so a cache is named
// after Node's version and the machine, made anew by each build, and never part of a package.
'use strict';
const { readFileSync } = require('node:fs');
const { Script } = require('node:vm');

const ABOUT = `${process.version}-${process.platform}-${process.arch}`;
const scripts = new Map();
const modules = new Map();

/** A bundle is the text of a function that takes what a module gets. */
function load(name) {
  const known = modules.get(name);
  if (known) return known.exports;
  const path = `${__dirname}/${name}.cjs`;
  let cachedData;
  try {
    cachedData = readFileSync(`${__dirname}/${name}.${ABOUT}.cache`);
  } catch {
    // It has none: it is not part of a render, or this is the build's own first run.
  }
  let source;
  try {
    source = readFileSync(path, 'latin1');
  } catch {
    throw Object.assign(new Error(`this labgen is not whole: ${path} cannot be read`), { exitCode: 3, hint: 'Build it again (npm run build), or install it again.' });
  }
  const script = new Script(source, { filename: path, cachedData });
  const module = { exports: {} };
  scripts.set(name, script);
  modules.set(name, module);
  script.runInThisContext()(module.exports, requireFrom, module, path, __dirname);
  return module.exports;
}

function requireFrom(name) {
  const [, bundle] = /^\.\/(\w+)\.cjs$/.exec(name) ?? [];
  return bundle === undefined ? require(name) : load(bundle);
}

load('main');
