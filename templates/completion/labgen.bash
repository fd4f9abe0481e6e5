# Completion of labgen for bash: labgen itself is asked, and what it answers is never evaluated. In ~/.bashrc:
#   source <(labgen completion bash)
_labgen() {
  local words=("${COMP_WORDS[@]:1:COMP_CWORD}") line
  COMPREPLY=()
  while IFS= read -r line; do
    # The part behind the tab is for shells that show it.
    printf -v line %q "${line%%$'\t'*}"
    COMPREPLY+=("$line")
  done < <("$1" __complete -- "${words[@]//\\/}" 2>/dev/null)
  # bash 3 has no compopt. A folder goes on; what begins in somebody's home is for the shell to find.
  if [[ ${COMPREPLY[0]-} == */ ]]; then compopt -o nospace 2>/dev/null; fi
  if [[ ${COMP_WORDS[COMP_CWORD]} == \~* ]]; then compopt -o default 2>/dev/null; fi
}
complete -F _labgen labgen
