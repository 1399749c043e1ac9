import { PROGRAM } from '../usage.ts'

/** The hidden command that the scripts run: `__complete SHELL ...`. */
export const COMPLETE = '__complete'

/** What a shell needs, by its name. `name` is what the user calls the program. */
export const scripts: Readonly<Record<string, (name: string) => string>> = { bash, zsh, fish }

/** An alias has no file to run; a path has. */
function bash(name: string): string {
  return `# bash completion for ${name}
__xe_tunnel_complete() {
  local program=${PROGRAM} line
  local -a found=()
  [[ $1 == */* ]] && program=$1
  type -P "$program" >/dev/null || return 0
  while IFS= read -r line; do found+=("$line"); done < <(
    command "$program" ${COMPLETE} bash "$COMP_WORDBREAKS" "\${COMP_LINE:0:COMP_POINT}" 2>/dev/null </dev/null
  )
  # Descriptions are to be looked at: they go where only one is left, or where each is put into the line in turn.
  if ((\${#found[@]} == 1)) || [[ $COMP_TYPE == 37 || $COMP_TYPE == 42 ]]; then
    COMPREPLY=("\${found[@]%%$'\\t'*}")
  else
    COMPREPLY=("\${found[@]/$'\\t'/  - }")
  fi
}
complete -o nospace -o nosort -F __xe_tunnel_complete ${name} 2>/dev/null ||
  complete -o nospace -F __xe_tunnel_complete ${name}
`
}

function zsh(name: string): string {
  return `#compdef ${name}
# zsh completion for ${name}
__xe_tunnel_complete() {
  local program=${PROGRAM} value description
  local -a closed closed_shown open open_shown
  [[ $words[1] == */* ]] && program=\${(Q)words[1]}
  while IFS=$'\\t' read -r value description; do
    local shown=$value
    [[ -n $description ]] && shown="$value  - $description"
    if [[ $value == *[=:,] ]]; then open+=("$value") open_shown+=("$shown")
    else closed+=("$value") closed_shown+=("$shown"); fi
  done < <(command "$program" ${COMPLETE} zsh "\${(@Q)words[1,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null </dev/null)
  compadd -l -d closed_shown -a closed
  compadd -l -S '' -d open_shown -a open
}
if [[ $funcstack[1] == _${name} ]]; then __xe_tunnel_complete "$@"; else compdef __xe_tunnel_complete ${name}; fi
`
}

function fish(name: string): string {
  return `# fish completion for ${name}
function __xe_tunnel_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l plain (string unescape -- "$current" 2>/dev/null)
    and set current $plain
    set -l program ${PROGRAM}
    string match -q '*/*' -- $words[1]; and set program $words[1]
    command -q $program; or return
    command $program ${COMPLETE} fish $words "$current" 2>/dev/null </dev/null
end
complete -c ${name} -f -a '(__xe_tunnel_complete)'
`
}
