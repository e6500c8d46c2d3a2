"""aider that takes no configuration from a repository.

aider 0.86 reads `.aider.conf.yml`, `.env` and `.aider.model.settings.yml` of the repository it works in and lets them
redirect requests (with the key) and run commands at start. No option turns that off, so the two functions that look for
such files are limited here to the person's home and the files named on the command line.
"""

import sys
from pathlib import Path

import aider.main

find_parser = aider.main.get_parser
aider.main.generate_search_path_list  # fails for a version of aider that has no such function


def parser_without_repository(_default_config_files, git_root):
    return find_parser([str(Path.home() / ".aider.conf.yml")], git_root)


def files_without_repository(default_file, _git_root, command_line_file):
    named = [command_line_file] if command_line_file and Path(command_line_file).is_absolute() else []
    return [str(path) for path in dict.fromkeys([Path.home() / default_file, *map(Path, named)])]


aider.main.get_parser = parser_without_repository
aider.main.generate_search_path_list = files_without_repository
sys.exit(aider.main.main())
