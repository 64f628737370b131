# What people do with Letargo. Each target says what it runs.
PREFIX ?= /opt/letargo
export PREFIX

.DEFAULT_GOAL := help
.PHONY: help run test vm-test vm-test-all conformance bench deb fmt down clean

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

run: ## install what is missing, build, start Letargo and a first VPS; again: seconds
	@scripts/install-dependencies run
	@scripts/install-criu "$(PREFIX)"
	@scripts/install
	@scripts/up

test: ## run everything: unit tests, and integration tests against the real kernel
	@scripts/test

vm-test: ## run a part of it in a virtual machine with cgroup v2 and systemd
	@scripts/vm-test

vm-test-all: ## run all scenarios in virtual machines: power cuts, packages, two hosts, Debian 12 and 13; hours
	@scripts/vm-test all

conformance: ## take programs and applications through all scenarios, write docs/conformance.md
	@scripts/conformance

bench: ## measure beside raw runc and podman
	@scripts/bench

deb: ## build Debian packages into target/deb
	@scripts/install-dependencies deb
	@scripts/install-criu "$(PREFIX)"
	@scripts/deb

fmt: ## format the sources
	@scripts/maven -q spotless:apply

down: ## suspend all VPSes, stop Letargo
	@scripts/down

clean: ## remove what was built (not what is installed)
	@rm -rf target native/target image-archive/target runtime-hook/protocol/target runtime-hook/hook/target \
		vps-manager/target integration/target
