"""Programs by what they could do to the credentials of a Docker client."""

from __future__ import annotations

from ..execution.command import Command
from ..execution.directories import inside

# They neither log in nor write a client's config.json unless their words say so (redirections and
# the file arguments of cp, tee and the like are read for every command).
_HARMLESS = """
. : [ [[ addgroup adduser age apk apt apt-cache apt-get arch ash awk aws az base64 basename bash
break buildah buildctl buildctl-daemonless.sh buildkitd buildkitd-entrypoint buildx
bunzip2 busybox bzip2 cargo cat cc cd chgrp chmod chown chroot cksum clang clear cmake cmp
codespell column comm command container-structure-test continue corepack cosign cp
crane crond ctest curl cut date dd declare df dgoss diff dig dirname dive dnf docker
docker-buildx docker-compose dockerd dockerd-entrypoint.sh dockerd-rootless.sh dockle dos2unix
dotnet dpkg du echo egrep env envsubst eval exec executor exit export expr false fgrep file find
fold free g++ gawk gcc gcloud gem getent getopts gh git git-lfs go gofmt golangci-lint goss gpg
grep groupadd groups grype gunzip gzip hadolint hash head helm hexdump host hostname http hugo
id install ionice ip javac jq kill killall ko kubectl kustomize ldconfig let ln local
locale logger ls lsb_release lsblk lsof markdownlint md5sum mdl meson microdnf mkdir mkdocs
mkfifo mktemp mount mv nc nerdctl netstat nice ninja nl nohup nproc nslookup nuget od openrc
openssl oras paste patch pgrep pidof ping pip pip3 pkill podman popd pre-commit printenv
printf ps pushd pwd qemu-img qemu-user-static rc-service read readlink readonly realpath regctl
release-cli return rev rm rmdir rootlesskit rpm rsync rustc rustup scp sed seq service set
setsid sh sha1sum sha256sum sha512sum shellcheck shift shopt skopeo sleep sops sort source
sphinx-build split ssh ssh-add ssh-agent ssh-keygen ssh-keyscan stat stdbuf stty sudo syft sync
sysctl systemctl tac tail tar tee terraform test time timeout tofu top touch tput tr trap trivy
true tty type typeset ulimit umask umount uname uniq unlink unset unxz unzip update-binfmts
update-ca-certificates uptime useradd usermod wait watch wc wget which whoami xargs xz yamllint
yes yq yum zcat zip zsh zypper
"""
_NAMES = frozenset(_HARMLESS.split())


def could_log_in(command: Command, followed: frozenset[str] = frozenset()) -> str | None:
    """What a command may do that nobody here sees, in words; None where it cannot log in.

    `followed` are the scripts of the repository whose own commands are seen.
    """
    name = command.name
    if name is None:
        return None  # execution reports a program whose name is not known
    if not command.words or name in _NAMES:
        return None
    if name.endswith((".sh", ".bash")):
        return None  # followed, or reported by execution
    if "/" in command.program.text.template:
        path = inside(command.program.text, command.cwd)
        if path in followed:
            return None
    return f"`{name}` may log in"
