#!/bin/sh
# Packs a node's root file system as an image archive for `docker load`; no Docker is needed here.
#   make-container-image.sh ROOT ARCHIVE IMAGE
# The layout is that of `docker save`: manifest.json names the configuration and the layer.
set -eu
root=$1
archive=$2
image=$3
work=$(mktemp -d "$archive.XXXXXX")
trap 'rm -rf "$work"' EXIT

# The kernel is the host's. Docker reads extended attributes (ping's cap_net_raw) from the archive's PAX headers.
tar -C "$root" --xattrs --xattrs-include='*' --numeric-owner --one-file-system --sort=name \
  --exclude='./boot/*' --exclude='./usr/lib/modules/*' --exclude='./vmlinuz*' --exclude='./initrd.img*' \
  -cf "$work/layer.tar" .
layer=$(sha256sum "$work/layer.tar" | cut -d' ' -f1)

# SIGRTMIN+3 is how systemd as PID 1 is told to shut down; `container=docker` is how it knows where it is.
cat >"$work/config.json" <<JSON
{"architecture": "$(dpkg --print-architecture)", "os": "linux", "created": "1970-01-01T00:00:00Z",
 "config": {"Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "container=docker"],
            "Cmd": ["/sbin/init"], "StopSignal": "SIGRTMIN+3", "Volumes": {"/var/lib/docker": {}},
            "ExposedPorts": {"22/tcp": {}}, "Labels": {"org.opencontainers.image.title": "labgen node"}},
 "history": [{"created": "1970-01-01T00:00:00Z", "created_by": "labgen box build"}],
 "rootfs": {"type": "layers", "diff_ids": ["sha256:$layer"]}}
JSON
printf '[{"Config": "config.json", "RepoTags": ["%s"], "Layers": ["layer.tar"]}]\n' "$image" >"$work/manifest.json"
tar -C "$work" -cf "$work/image.tar" manifest.json config.json layer.tar
mv "$work/image.tar" "$archive"
