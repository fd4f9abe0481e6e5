#!/bin/sh
# Lays our files into the tree before the packages come, so that they find them (the initramfs is made while they install).
#   overlay.sh ROOT            (called by mmdebstrap)
set -eu
root=$1
here=$(cd "$(dirname "$0")" && pwd)
tar -C "$here/overlay" --owner=root --group=root --mode='u=rwX,go=rX' -cf - . | tar -C "$root" -xpf -
