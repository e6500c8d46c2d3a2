mock_provider "docker" {
  mock_resource "docker_image" {
    defaults = { image_id = "sha256:0000000000000000000000000000000000000000000000000000000000000000" }
  }
}

variables {
  litellm_master_key        = "sk-0123456789abcdef0123456789abcdef"
  litellm_salt_key          = "salt-0123456789abcdef0123456789abcdef"
  postgres_password         = "p a/s@s\"w:o%r$${d}?#&0123456789"
  provisioner_admin_token   = "admin-0123456789abcdef0123456789abcdef"
  workspace_identity_secret = "identity-0123456789abcdef0123456789abcdef"
  key_derivation_secret     = "derivation-0123456789abcdef0123456789abcdef"
  anthropic_api_key         = "made-up-anthropic-key"
  aws_access_key_id         = "made-up-aws-access-key"
  aws_secret_access_key     = "made-up-aws-secret-key"
}

run "networks" {
  command = plan

  assert {
    condition     = docker_network.database.internal && docker_network.edge.internal && !docker_network.uplink.internal
    error_message = "only the uplink leads outside"
  }
}

run "containers" {
  assert {
    condition     = alltrue([for c in [docker_container.postgres, docker_container.litellm, docker_container.key_provisioner] : c.memory_swap == c.memory && c.read_only && c.restart == "unless-stopped"])
    error_message = "every container is limited, read-only and restarted"
  }
  assert {
    condition     = docker_container.litellm.image == docker_image.litellm.image_id
    error_message = "containers refer to images by content"
  }
  assert {
    condition     = contains(docker_container.postgres.env, "POSTGRES_PASSWORD=${var.postgres_password}")
    error_message = "the database gets its password as it is"
  }
  assert {
    condition     = contains(docker_container.litellm.env, "DATABASE_URL=postgresql://litellm:p%20a%2Fs%40s%22w%3Ao%25r%24%7Bd%7D%3F%23%260123456789@postgres:5432/litellm")
    error_message = "LiteLLM gets the same password, fit for a URL"
  }
  assert {
    condition     = contains(docker_container.litellm.env, "ANTHROPIC_API_KEY=made-up-anthropic-key")
    error_message = "LiteLLM gets the provider's credential"
  }
  assert {
    condition     = alltrue([for e in docker_container.litellm.env : !startswith(e, "AWS_SESSION_TOKEN")])
    error_message = "an empty session token is not set at all"
  }
}

run "temporary_credentials" {
  variables {
    aws_session_token = "made-up-session-token"
  }
  assert {
    condition     = contains(docker_container.litellm.env, "AWS_SESSION_TOKEN=made-up-session-token")
    error_message = "a session token is passed on"
  }
}

run "missing_credentials" {
  command = plan
  variables {
    anthropic_api_key = ""
  }
  expect_failures = [output.gateway_url]
}
