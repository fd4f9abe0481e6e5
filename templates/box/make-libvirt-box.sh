#!/bin/sh
# Puts a node's root file system on a bootable disk and packs it as a box for vagrant-libvirt.
#   make-libvirt-box.sh ROOT BOX       (as root; amd64: SeaBIOS and extlinux)
# The whole disk is one ext4: its first kilobyte is left to a boot loader, which extlinux takes. No partition table,
# nothing to align, nothing to grow: 6 GB, of which the file holds only what is used.
set -eu
PATH=$PATH:/usr/sbin:/sbin
root=$1
box=$2
gigabytes=6
work=$(mktemp -d "$box.XXXXXX")
trap 'rm -rf "$work"' EXIT

mkdir -p "$root/boot/extlinux"
# net.ifnames=0: eth0, eth1 … in the order of Vagrant's networks, on every hypervisor.
cat >"$root/boot/extlinux/extlinux.conf" <<'CONF'
DEFAULT labgen
PROMPT 0
TIMEOUT 1
LABEL labgen
  LINUX /vmlinuz
  INITRD /initrd.img
  APPEND root=LABEL=labgen-root rw rootfstype=ext4 net.ifnames=0 quiet console=tty0 console=ttyS0,115200
CONF

# extlinux reads neither 64bit nor seeded checksums.
truncate -s "${gigabytes}G" "$work/disk.raw"
mke2fs -q -t ext4 -O ^64bit,^metadata_csum_seed,^orphan_file -L labgen-root -m 1 -d "$root" "$work/disk.raw"

# extlinux installs into a mounted file system only: mount it where nobody else sees it.
mkdir "$work/mount"
# shellcheck disable=SC2016  # the inner shell expands these
unshare --mount --propagation private sh -euc '
  mount -o loop "$1" "$2"
  trap "umount \"$2\"" EXIT
  extlinux --install "$2/boot/extlinux" >/dev/null 2>"$3" || { cat "$3" >&2; exit 1; }
' sh "$work/disk.raw" "$work/mount" "$work/extlinux.log"

# Compressed inside (blocks are unpacked as they are read), so the box around it is not.
qemu-img convert -c -O qcow2 -o compression_type=zstd "$work/disk.raw" "$work/box.img"
printf '{"provider": "libvirt", "format": "qcow2", "virtual_size": %s}\n' "$gigabytes" >"$work/metadata.json"
printf '{"description": "A labgen node: Debian and Docker, made by labgen box build"}\n' >"$work/info.json"
cat >"$work/Vagrantfile" <<'RUBY'
Vagrant.configure("2") do |config|
  # Known beforehand: looking it up takes an emulated machine most of a minute.
  config.vm.guest = :debian
  config.vm.synced_folder ".", "/vagrant", disabled: true
end
RUBY
tar -C "$work" -cf "$work/done.box" metadata.json info.json Vagrantfile box.img
mv "$work/done.box" "$box"
