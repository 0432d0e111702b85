# Each target is one script: read it in .ci, or run it by hand.
.DEFAULT_GOAL := help
.PHONY: help run demo-reset dev test lint unit sdk e2e screenshots lighthouse bench deny setup

help: ## what there is
	@sed -n 's/^\([a-z0-9-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | awk -F'\t' '{ printf "make %-12s %s\n", $$1, $$2 }'

run: ## build, serve the sample organisation (made on first start) and print the sign-in link
	@.ci/serve

demo-reset: ## make the sample organisation anew
	@.ci/demo-reset

dev: ## build and serve, again after every change
	@.ci/dev

test: ## everything below up to e2e
	@.ci/test

lint: ## format, the rules that grep can check, clippy for the server and for the browser
	@.ci/lint

unit: ## unit and integration tests, on SQLite, and on a PostgreSQL and a MariaDB of their own
	@.ci/unit

sdk: ## the official Genesys SDKs against the release build
	@.ci/sdk

e2e: ## Playwright against the release build, with and without JavaScript (ARGS="smoke --project hydrate")
	@.ci/e2e $(ARGS)

screenshots: ## every page, narrow and wide, light and dark, English and Japanese
	@.ci/screenshots

lighthouse: ## Lighthouse on every page: server/benches/lighthouse.md
	@.ci/lighthouse

bench: ## the benchmarks
	@.ci/bench

deny: ## licences, bans and sources of all dependencies (installs cargo-deny)
	@.ci/deny

setup: ## install all that the targets above need
	@.ci/setup test
