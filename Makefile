# `make help` lists what there is. Every target installs what it needs, once.
SHELL := /usr/bin/env bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

installed := node_modules/.package-lock.json

.PHONY: help demo demo-stop test test-unit test-programs test-contract test-deploy test-kubernetes lint init synth plan deploy destroy template workspace-image acceptance bench litellm

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(installed): package-lock.json package.json
	@echo "installing packages (once) …" >&2
	@npm ci --loglevel=error >/dev/null
	@touch $@

demo: $(installed) ## run gateway, database and key-provisioner as local processes, without Docker or an API key
	@node bin/require-packages.js
	@node --import tsx demo/main.ts $(ARGS)

demo-stop: $(installed) ## stop a demo that was started in the background
	@node bin/require-packages.js
	@node --import tsx demo/stop.ts $(ARGS)

test: $(installed) ## everything CI runs: lint, and the suites below
	@node --import tsx scripts/test.ts

test-unit: $(installed) ## what needs no program beside Node.js (seconds)
	@node --import tsx scripts/test.ts unit

test-programs: $(installed) ## programs, scripts and the door, started for real on this machine (a minute)
	@node --import tsx scripts/test.ts programs

test-contract: $(installed) ## against the real LiteLLM and PostgreSQL
	@node --import tsx scripts/test.ts contract

test-deploy: $(installed) ## against a real Docker daemon
	@node --import tsx scripts/test.ts deploy

test-kubernetes: $(installed) ## on a real cluster: that of KUBECONFIG, or one that is built and started here (root, Go; minutes)
	@node --import tsx scripts/test.ts kubernetes

lint: $(installed) ## formatter, linter and compiler
	@npm run --silent lint

init: $(installed) ## write secrets.tfvars, and gateway.yaml if there is none
	@npx --no-install gateway init

synth: $(installed) ## write Terraform and config.yaml to cdktf.out/
	@npm run --silent synth
	@echo "wrote $${CDKTF_OUTDIR:-cdktf.out}: stacks/platform, stacks/contractor-workspace, litellm/config.yaml"

plan: $(installed) ## save the platform's plan and show it
	@scripts/plan.sh

deploy: $(installed) ## apply exactly the plan that `make plan` saved
	@scripts/deploy.sh

destroy: $(installed) ## remove the platform; its database stays (see volumes.keep_on_destroy)
	@scripts/destroy.sh

template: $(installed) ## write the workspace template as a directory for `coder templates push`
	@scripts/template.sh

workspace-image: $(installed) ## build the workspace image on this Docker host, with the agents of gateway.yaml
	@scripts/workspace-image.sh

acceptance: $(installed) ## the whole story on a real Docker daemon, step by step
	@node --import tsx scripts/acceptance.ts

litellm: $(installed) ## move to another LiteLLM, and print what behaves differently: make litellm VERSION=1.2.3
	@node --import tsx scripts/litellm.ts "$(VERSION)" $(ARGS)

bench: $(installed) ## all benchmarks
	@for file in bench/*.ts; do echo "== $$file"; node --import tsx "$$file"; done
