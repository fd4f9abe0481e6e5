#compdef labgen
# Completion of labgen for zsh: labgen itself is asked, and what it answers is never evaluated. In ~/.zshrc, after compinit:
#   source <(labgen completion zsh)
_labgen() {
  # What begins in somebody's home is for the shell to find.
  if [[ $PREFIX == \~* ]]; then _files; return; fi
  local line
  local -a found shown folders
  for line in "${(@f)$("$words[1]" __complete -- "${(@Q)words[2,CURRENT]}" 2>/dev/null)}"; do
    case ${line%%$'\t'*} in
      '') ;;
      */) folders+=("${line%%$'\t'*}") ;;
      *) found+=("${line%%$'\t'*}") shown+=("${line/$'\t'/  -- }") ;;
    esac
  done
  (( $#found )) && compadd -l -d shown -- "${found[@]}"
  # A folder goes on.
  (( $#folders )) && compadd -S '' -- "${folders[@]}"
}
# Sourced, or as a file _labgen in a folder of $fpath, which is run at the first Tab.
if [[ ${funcstack[1]-} == _labgen ]]; then _labgen; else compdef _labgen labgen; fi
