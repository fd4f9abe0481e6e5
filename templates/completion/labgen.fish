# Completion of labgen for fish: labgen itself is asked, and what it answers is never evaluated. Once:
#   labgen completion fish >~/.config/fish/completions/labgen.fish
function __labgen_complete
    set -l words (commandline -opc)
    set -l last (commandline -ct)
    command $words[1] __complete -- $words[2..-1] "$last" 2>/dev/null
end
complete -c labgen -f -a '(__labgen_complete)'
# What begins in somebody's home is for the shell to find.
complete -c labgen -n 'string match -q "~*" -- (commandline -ct)' -F
