#!/bin/sh
# Makes the root file system of a node from Debian's packages.
#   build-rootfs.sh RELEASE FOLDER     (FOLDER must not exist; as root)
set -eu
PATH=$PATH:/usr/sbin:/sbin
release=$1
root=$2
here=$(cd "$(dirname "$0")" && pwd)
arch=$(dpkg --print-architecture)

settings=$(mktemp)
trap 'rm -f "$settings"' EXIT

# This machine's way to its mirror (proxy, validity) serves the build only; customize.sh removes it from the image.
apt-config dump | grep '^Acquire::' >"$settings" || true

# The mirrors this machine uses for that release; with none, mmdebstrap takes Debian's own.
# shellcheck disable=SC2016  # apt expands these
mirrors=$(apt-get indextargets --format '$(ORIGIN) deb $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
  sed -n "s/^Debian \(deb [^ ]* $release\(-updates\|-security\)\? main\)\$/\1/p" | sort -u)

packages=$(sed -e 's/#.*//' -e "s/@ARCH@/$arch/" "$here/packages.txt" | xargs | tr ' ' ',')

# Extended attributes stay (ping's cap_net_raw); manuals and translations are nothing a lab reads.
printf '%s\n' "$mirrors" | mmdebstrap --variant=minbase --mode=root --format=directory \
  --aptopt="$settings" --aptopt='Apt::Install-Recommends "false"' \
  --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt=force-confold --dpkgopt='path-include=/usr/share/doc/*/copyright' \
  --include="$packages" \
  --essential-hook="sh '$here/overlay.sh' \"\$1\"" \
  --customize-hook="sh '$here/customize.sh' '$release' \"\$1\"" \
  "$release" "$root" ${mirrors:+-}
