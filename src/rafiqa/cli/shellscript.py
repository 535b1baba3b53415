"""Scripts by which shells complete ``rafiqa``: bash, zsh and fish, made from the commands.

They hold what may be typed and start no program, so that completing is at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from rafiqa.cli.commandtree import FILE, Command

_BASH: Final = r"""
_rafiqa() {
  local cur=${COMP_WORDS[COMP_CWORD]} key='' wants='' at=0 word told
  COMPREPLY=()
  [[ $cur == '=' ]] && cur=''
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    if [[ $word == '=' ]]; then continue
    elif [[ -n $wants ]]; then wants=''
    elif [[ $word == -* ]]; then
      [[ " $(_rafiqa_told "takes $key") " == *" $word "* ]] && wants=$word
    elif [[ -z $key ]]; then key=$word
    elif [[ -n $(_rafiqa_told "acts $key") ]]; then key="$key $word"
    else at=$((at + 1)); fi
  done
  if [[ -n $wants ]]; then told=$(_rafiqa_told "value $key $wants")
  elif [[ $cur == -* ]]; then told=$(_rafiqa_told "options $key")
  else
    told=$(_rafiqa_told "acts $key")
    [[ -n $told ]] || told=$(_rafiqa_told "place $key $((at + 1))")
    [[ -n $told ]] || told=$(_rafiqa_told "rest $key")
  fi
  if [[ $told == '<file>' ]]; then
    compopt -o filenames 2>/dev/null
    while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -f -- "$cur")
  else
    while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -W "$told" -- "$cur")
  fi
}
complete -F _rafiqa rafiqa
"""
_ZSH: Final = r"""
_rafiqa() {
  local key='' wants='' word told
  integer at=0
  for word in "${(@)words[2,CURRENT-1]}"; do
    if [[ -n $wants ]]; then wants=''
    elif [[ $word == -* ]]; then
      [[ " $(_rafiqa_told "takes $key") " == *" $word "* ]] && wants=$word
    elif [[ -z $key ]]; then key=$word
    elif [[ -n $(_rafiqa_told "acts $key") ]]; then key="$key $word"
    else (( at += 1 )); fi
  done
  if [[ -z $wants && $words[CURRENT] == --*=* ]]; then
    wants=${words[CURRENT]%%=*}
    compset -P '*='
  fi
  if [[ -n $wants ]]; then told=$(_rafiqa_told "value $key $wants")
  elif [[ $words[CURRENT] == -* ]]; then told=$(_rafiqa_told "options $key")
  elif [[ -z $key ]]; then
    local -a commands=("${(@f)$(_rafiqa_commands)}")
    _describe command commands
    return
  else
    told=$(_rafiqa_told "acts $key")
    [[ -n $told ]] || told=$(_rafiqa_told "place $key $((at + 1))")
    [[ -n $told ]] || told=$(_rafiqa_told "rest $key")
  fi
  if [[ $told == '<file>' ]]; then _files
  else compadd -- ${=told}; fi
}
if [[ $funcstack[1] == _rafiqa ]]; then _rafiqa "$@"; else compdef _rafiqa rafiqa; fi
"""
_FISH: Final = r"""
function __rafiqa_on
    set -l words (commandline -opc) '' ''
    test "$words[2]" = "$argv[1]"; or return 1
    test (count $argv) -lt 2; and return 0
    test "$words[3]" = "$argv[2]"
end
"""


def bash_script(commands: Sequence[Command]) -> str:
    """Returns the script for bash 4 and later."""
    head = "# bash completion for rafiqa, made by `rafiqa completion bash`"
    return f"{head}\n{_told(commands)}{_BASH}"


def zsh_script(commands: Sequence[Command]) -> str:
    """Returns the script for zsh; as a file ``_rafiqa`` on its fpath, or sourced."""
    listed = "\n".join(f"{name}:{_colons(told)}" for name, told in commands[0].acts)
    names = f"\n_rafiqa_commands() {{\n  print -r -- {_quoted(listed)}\n}}\n"
    head = "#compdef rafiqa\n# zsh completion for rafiqa, made by `rafiqa completion zsh`"
    return f"{head}\n{_told(commands)}{names}{_ZSH}"


def fish_script(commands: Sequence[Command]) -> str:
    """Returns the script for fish 3 and later."""
    head = "# fish completion for rafiqa, made by `rafiqa completion fish`"
    lines = [line for command in commands for line in _fish(command)]
    return "\n".join([head, _FISH.strip(), *lines]) + "\n"


def _told(commands: Sequence[Command]) -> str:
    """Returns a shell function that prints the words for a key, and nothing for any other."""
    cases = [
        f"    {_quoted(key)}) printf '%s' {_quoted(' '.join(words))} ;;"
        for command in commands
        for key, words in _words(command)
        if words
    ]
    return "\n".join(["_rafiqa_told() {", '  case "$1" in', *cases, "  esac", "}"]) + "\n"


def _words(command: Command) -> Iterator[tuple[str, Sequence[str]]]:
    key = command.key
    yield f"acts {key}", [name for name, _ in command.acts]
    yield f"options {key}", [name for option in command.options for name in option.names]
    yield (
        f"takes {key}",
        [name for option in command.options if option.takes for name in option.names],
    )
    for option in command.options:
        for name in option.names:
            yield f"value {key} {name}", option.values
    for at, values in enumerate(command.places, 1):
        yield f"place {key} {at}", values
    if command.endless:
        yield f"rest {key}", command.places[-1]


def _fish(command: Command) -> Iterator[str]:
    when = f"-n '__rafiqa_on {command.key}'" if command.words else "-n __fish_use_subcommand"
    is_act_next = f'{when[:-1]} ""\'' if command.words else when
    for name, told in command.acts:
        yield f"complete -c rafiqa {is_act_next} -f -a {name} -d {_fish_quoted(told)}"
    for option in command.options:
        names = " ".join(
            f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in option.names
        )
        line = f"complete -c rafiqa {when} {names}"
        if option.takes:
            line += " -r -F" if option.values == (FILE,) else " -x"
            if option.values and option.values != (FILE,):
                line += f" -a {_fish_quoted(' '.join(option.values))}"
        yield f"{line} -d {_fish_quoted(option.help)}"
    for values in command.places:
        if values and values != (FILE,):
            yield f"complete -c rafiqa {when} -f -a {_fish_quoted(' '.join(values))}"


def _quoted(words: str) -> str:
    return "'" + words.replace("'", "'\\''") + "'"


def _fish_quoted(words: str) -> str:
    return "'" + words.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _colons(words: str) -> str:
    return words.replace(":", "\\:")


SCRIPTS: Final[Mapping[str, Callable[[Sequence[Command]], str]]] = {
    "bash": bash_script,
    "zsh": zsh_script,
    "fish": fish_script,
}
"""By shell, what makes its script."""
