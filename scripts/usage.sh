# shellcheck shell=bash
# Prints the comment at the head of the script that sources this where it is asked for help, and refuses arguments that it does
# not take: `. usage.sh none "$@"` where it takes none, `. usage.sh some "$@"` where it looks at them itself.
case ${2:-} in
-h | --help)
  sed -n '2,${/^#/!q;s/^# \{0,1\}//;p;}' "${BASH_SOURCE[1]}"
  exit 0
  ;;
?*)
  if [[ $1 == none ]]; then
    printf '%s: takes no arguments, and got "%s"; --help tells more\n' "${BASH_SOURCE[1]}" "$2" >&2
    exit 2
  fi
  ;;
esac
