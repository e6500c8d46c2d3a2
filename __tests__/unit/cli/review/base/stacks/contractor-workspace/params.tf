# Generated from gateway.yaml and the model catalog; edit those instead.

data "coder_parameter" "cpu" {
  name         = "cpu"
  display_name = "CPU"
  description  = "Processor cores, a hard limit."
  type         = "number"
  form_type    = "dropdown"
  icon         = "/icon/memory.svg"
  mutable      = true
  order        = 1
  default      = "2"

  option {
    name  = "2 cores"
    value = "2"
  }

  option {
    name  = "4 cores"
    value = "4"
  }
}

data "coder_parameter" "memory" {
  name         = "memory"
  display_name = "Memory"
  description  = "Memory, a hard limit; there is no swap beyond it."
  type         = "number"
  form_type    = "dropdown"
  icon         = "/icon/memory.svg"
  mutable      = true
  order        = 2
  default      = "4"

  option {
    name  = "4 GB"
    value = "4"
  }

  option {
    name  = "8 GB"
    value = "8"
  }
}

data "coder_parameter" "disk" {
  name         = "disk"
  display_name = "Disk"
  description  = "Size of the home directory; a hard limit where the host supports quotas, else watched and shown."
  type         = "number"
  form_type    = "dropdown"
  icon         = "/icon/database.svg"
  mutable      = false
  order        = 3
  default      = "20"

  option {
    name  = "10 GB"
    value = "10"
  }

  option {
    name  = "20 GB"
    value = "20"
  }

  option {
    name  = "50 GB"
    value = "50"
  }
}

data "coder_parameter" "ai_assistant" {
  name         = "ai_assistant"
  display_name = "AI assistant"
  description  = "Which agents are set up at start."
  type         = "string"
  form_type    = "dropdown"
  icon         = "/icon/widgets.svg"
  mutable      = true
  order        = 4
  default      = "both"

  option {
    name  = "Roo Code and OpenCode"
    value = "both"
  }

  option {
    name  = "Roo Code"
    value = "roo-code"
  }

  option {
    name  = "OpenCode"
    value = "opencode"
  }

  option {
    name  = "Claude Code"
    value = "claude-code"
  }

  option {
    name        = "None"
    value       = "none"
    description = "No agent is configured."
  }
}

data "coder_parameter" "ai_model" {
  name         = "ai_model"
  display_name = "AI model"
  description  = "The model the agents begin with; a change takes effect at the next start."
  type         = "string"
  form_type    = "dropdown"
  icon         = "/icon/claude.svg"
  mutable      = true
  order        = 5
  default      = "claude-sonnet-4-5"

  option {
    name        = "Claude Sonnet 4.5"
    value       = "claude-sonnet-4-5"
    description = "balanced"
  }

  option {
    name        = "Claude Haiku 4.5"
    value       = "claude-haiku-4-5"
    description = "fast, cheap"
  }

  option {
    name        = "Claude Opus 4"
    value       = "claude-opus-4"
    description = "advanced reasoning; answered by claude-opus-5-5"
  }

  option {
    name        = "Claude Sonnet 4.5 (Bedrock)"
    value       = "bedrock-claude-sonnet"
    description = "alternative provider"
  }

  option {
    name        = "Claude Haiku 4.5 (Bedrock)"
    value       = "bedrock-claude-haiku"
    description = "alternative provider"
  }

  option {
    name        = "Claude Sonnet 5.5"
    value       = "claude-sonnet-5-5"
    description = "balanced, newest"
  }

  option {
    name        = "Claude Opus 5.5"
    value       = "claude-opus-5-5"
    description = "advanced reasoning, newest"
  }

  option {
    name        = "Claude Haiku 5.5"
    value       = "claude-haiku-5-5"
    description = "fast, cheapest, newest"
  }
}

data "coder_parameter" "ai_api_key" {
  name         = "ai_api_key"
  display_name = "Own AI API key"
  description  = "Empty: the workspace gets its own key. Otherwise a key of this gateway that is used instead."
  type         = "string"
  form_type    = "input"
  icon         = "/icon/lock.svg"
  mutable      = true
  order        = 6
  default      = ""
  styling      = jsonencode({ mask_input = true })
}

data "coder_parameter" "git_repository" {
  name         = "git_repository"
  display_name = "Git repository"
  description  = "Cloned into the home directory at the first start."
  type         = "string"
  form_type    = "input"
  icon         = "/icon/git.svg"
  mutable      = true
  order        = 7
  default      = ""
}

data "coder_parameter" "git_username" {
  name         = "git_username"
  display_name = "Git user name"
  description  = "For the repository's server."
  type         = "string"
  form_type    = "input"
  icon         = "/icon/git.svg"
  mutable      = true
  order        = 8
  default      = ""
}

data "coder_parameter" "git_password" {
  name         = "git_password"
  display_name = "Git password or token"
  description  = "For the repository's server."
  type         = "string"
  form_type    = "input"
  icon         = "/icon/lock.svg"
  mutable      = true
  order        = 9
  default      = ""
  styling      = jsonencode({ mask_input = true })
}

data "coder_parameter" "dotfiles" {
  name         = "dotfiles"
  display_name = "Dotfiles repository"
  description  = "Applied at each start."
  type         = "string"
  form_type    = "input"
  icon         = "/icon/dotfiles.svg"
  mutable      = true
  order        = 10
  default      = ""
}
