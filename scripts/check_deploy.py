"""Checks the files for deploying, the scripts and the workflow: each against what its readers take (schemas, linters),
and all of them against the program: settings, paths, ports, times.

usage: scripts/check_deploy.py MARQUEE     (the program; run from the repository's root, in scripts/test's Python)
"""

import json
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

import kubernetes_validate
from ruamel.yaml import YAML

KUBERNETES = Path("deploy/kubernetes")
UNIT = Path("deploy/systemd/marquee.service")
TOOLS = Path(sys.executable).parent
# What the sandbox of the unit leaves open at most, of 100 (`systemd-analyze security`).
EXPOSURE = 15


def load(path):
    return [document for document in YAML(typ="safe", pure=True).load_all(Path(path).read_text()) if document]


def run(*command):
    print("  " + " ".join(str(part) for part in command))
    subprocess.run(command, check=True)


def expect(holds, what):
    if not holds:
        sys.exit(f"scripts/check_deploy.py: {what}")


def tracked(*patterns):
    # The owner of the files may be another user, as in the workflow's container.
    command = ["git", "-c", "safe.directory=*", "ls-files", "--", *patterns]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()


def check_formats():
    for builtin, path in [
        ("vendor.github-workflows", ".github/workflows/ci.yml"),
        ("vendor.compose-spec", "docker-compose.yml"),
    ]:
        run(TOOLS / "check-jsonschema", "--quiet", "--builtin-schema", builtin, path)
    run(TOOLS / "zizmor", "--offline", "--no-progress", "--quiet", ".github/workflows/ci.yml")
    # DL3008: Debian's security updates are wanted, not a version of today.
    run(TOOLS / "hadolint", "--ignore", "DL3008", *tracked("Dockerfile*"))
    is_shell = re.compile(r"#!.*\b(ba)?sh\b")
    scripts = [path for path in tracked(".ci", "scripts", "docs") if is_shell.match(first_line(path))]
    run(TOOLS / "shellcheck", "--severity", "warning", *scripts)


def first_line(path):
    with open(path, "rb") as file:
        return file.readline().decode(errors="replace")


def check_settings(settings):
    """Every setting that a file names is one."""
    known = {f"MARQUEE_{table}__{key}".upper() for table, keys in settings.items() for key in keys}
    named = re.compile(r"\bMARQUEE_[A-Z]+__[A-Z0-9_]+")
    for path in tracked("deploy", "Dockerfile*", "docker-compose.yml", "heroku.yml", "app.json", ".env.example"):
        for name in named.findall(Path(path).read_text()):
            expect(name in known, f"{path}: there is no setting {name}")


def check_kubernetes(settings, document):
    objects = {}
    for path in sorted(KUBERNETES.glob("*.yaml")):
        if path.name == "kustomization.yaml":
            continue
        for thing in load(path):
            kubernetes_validate.validate(thing, kubernetes_validate.latest_version(), strict=True)
            objects[thing["kind"]] = thing
    [kustomization] = load(KUBERNETES / "kustomization.yaml")
    for name in kustomization["resources"]:
        expect((KUBERNETES / name).is_file(), f"kustomization.yaml names {name}")

    pod = objects["Deployment"]["spec"]["template"]
    labels = pod["metadata"]["labels"]
    for selector in [
        objects["Deployment"]["spec"]["selector"]["matchLabels"],
        objects["Service"]["spec"]["selector"],
        objects["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"],
    ]:
        expect(selector.items() <= labels.items(), f"no pod has the labels {selector}")
        job = objects["Job"]["spec"]["template"]["metadata"]["labels"]
        expect(not selector.items() <= job.items(), f"the Job's pods have the labels {selector}")
    available = objects["PodDisruptionBudget"]["spec"]["minAvailable"]
    expect(available < objects["Deployment"]["spec"]["replicas"], "no pod may ever be moved")

    [container] = pod["spec"]["containers"]
    [port] = container["ports"]
    expect(port["containerPort"] == settings["server"]["port"], f"nothing listens on port {port['containerPort']}")
    [service_port] = objects["Service"]["spec"]["ports"]
    expect(service_port["targetPort"] == port["name"], "the Service leads to no port")
    for probe, path in [("startupProbe", "/healthz"), ("livenessProbe", "/healthz"), ("readinessProbe", "/readyz")]:
        asked = container[probe]["httpGet"]
        expect(asked == {"path": path, "port": port["name"]}, f"{probe} asks {asked}")
        expect(path in document["paths"], f"there is no {path}")

    configured = objects["ConfigMap"]["data"]
    drain = int(configured["MARQUEE_SERVER__DRAIN_SECONDS"])
    expect_grace(settings, "the Deployment", pod["spec"]["terminationGracePeriodSeconds"], drain=drain)
    expect(not any(objects["Secret"]["stringData"].values()), "the example of a Secret has values")
    [job] = objects["Job"]["spec"]["template"]["spec"]["containers"]
    [image] = kustomization["images"]
    expect(image["name"] == container["image"], "kustomization.yaml says nothing of the image")
    expect(job["image"] == f"{image['newName']}:{image['newTag']}", "the Job runs another image")
    for spec, container in [(pod["spec"], container), (objects["Job"]["spec"]["template"]["spec"], job)]:
        # A Service named marquee would set MARQUEE_PORT and more, which the program takes for mistakes.
        expect(spec["enableServiceLinks"] is False, "variables of Services are no settings")
        expect(spec["securityContext"]["runAsNonRoot"], "it runs as root")
        expect(container["securityContext"]["readOnlyRootFilesystem"], "the root file system can be written to")
        sources = [list(source.values())[0]["name"] for source in container["envFrom"]]
        expect(sources == [objects["ConfigMap"]["metadata"]["name"], objects["Secret"]["metadata"]["name"]],
               f"settings come from {sources}")


def expect_grace(settings, whose, grace, drain=None, timeout=None):
    """A stop drains, waits for requests under way, and commits the index."""
    drain = settings["server"]["drain_seconds"] if drain is None else drain
    timeout = settings["server"]["shutdown_timeout_seconds"] if timeout is None else timeout
    expect(grace >= drain + timeout + 5, f"{whose} gives a stop {grace} s; {drain} + {timeout} s and some are needed")


def check_compose_and_heroku(settings):
    [compose] = load("docker-compose.yml")
    server = compose["services"]["marquee"]
    expect_grace(settings, "docker-compose.yml", int(server["stop_grace_period"].removesuffix("s")))
    expect(server["ports"] == [f"127.0.0.1:8080:{settings['server']['port']}"], "docker-compose.yml has another port")
    variables = {name for name in re.findall(r"\$\{([A-Z_]+)", Path("docker-compose.yml").read_text())}
    variables |= {name for name, value in server["environment"].items() if value is None}
    offered = set(re.findall(r"^#?([A-Z_]+)=", Path(".env.example").read_text(), re.MULTILINE))
    expect(variables == offered, f".env.example and docker-compose.yml differ: {variables ^ offered}")

    [heroku] = load("heroku.yml")
    expect(Path(heroku["build"]["docker"]["web"]).is_file(), "heroku.yml names no Dockerfile")
    app = json.loads(Path("app.json").read_text())
    config = {name: setting["value"] for name, setting in app["env"].items() if "value" in setting}
    expect(config == heroku["setup"]["config"], "app.json and heroku.yml differ in settings")
    expect(app["addons"] == heroku["setup"]["addons"], "app.json and heroku.yml differ in add-ons")
    expect_grace(settings, "Heroku", 30, timeout=int(config["MARQUEE_SERVER__SHUTDOWN_TIMEOUT_SECONDS"]))
    commands = dict(line.split(": ") for line in Path("Procfile").read_text().splitlines())
    for process, command in [("web", heroku["run"]["web"]), ("release", heroku["release"]["command"][0])]:
        expect(commands[process] == f"./target/release/{command}", f"Procfile and heroku.yml differ in {process}")


def check_unit(settings, program):
    unit = UNIT.read_text()
    expect_grace(settings, UNIT, int(re.search(r"^TimeoutStopSec=(\d+)$", unit, re.MULTILINE)[1]))
    with tempfile.TemporaryDirectory() as directory:
        # The program is looked for.
        installed = Path(directory) / UNIT.name
        installed.write_text(unit.replace("/usr/local/bin/marquee", str(program)))
        verify = ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", installed]
        verified = subprocess.run(verify, capture_output=True, text=True)
        # What it does not know, it only complains about.
        complaints = [line for line in verified.stderr.splitlines() if UNIT.name in line]
        expect(verified.returncode == 0 and not complaints, f"{verified.stderr}")
        run("systemd-analyze", "security", "--offline=true", "--no-pager", f"--threshold={EXPOSURE}", installed)


def main():
    program = Path(sys.argv[1]).resolve()
    settings = tomllib.loads(Path("config/default.toml").read_text())
    document = json.loads(subprocess.run([program, "openapi"], check=True, capture_output=True).stdout)
    check_formats()
    check_settings(settings)
    check_kubernetes(settings, document)
    check_compose_and_heroku(settings)
    check_unit(settings, program)


if __name__ == "__main__":
    main()
