#!/bin/sh
# Turns a fresh Debian tree into a node. One tree serves container and disk: what suits only one of them is left
# to systemd's conditions, so that both are the same system.
#   customize.sh RELEASE ROOT          (called by mmdebstrap, after the packages are in)
set -eu
release=$1
root=$2
units=$root/etc/systemd/system

# --- the vagrant user: Vagrant logs in with its public key and replaces it (files: overlay/home, overlay/etc/sudoers.d)
chroot "$root" useradd --no-create-home --shell /bin/bash --groups sudo,docker vagrant
cp -a "$root/etc/skel/." "$root/home/vagrant/"
chroot "$root" chown -R vagrant:vagrant /home/vagrant
chmod 0700 "$root/home/vagrant/.ssh"
chmod 0600 "$root/home/vagrant/.ssh/authorized_keys"
chmod 0440 "$root/etc/sudoers.d/vagrant"

# --- each node is somebody: an empty machine-id is filled at boot (a missing one would mean "first boot": systemd would then enable all units)
: >"$root/etc/machine-id"
rm -f "$root/var/lib/dbus/machine-id" "$root"/etc/ssh/ssh_host_*
ln -s /etc/machine-id "$root/var/lib/dbus/machine-id"
rm -f "$root/etc/openvswitch/system-id.conf" "$root/etc/openvswitch/conf.db"

# --- nothing of the machine it was built on
echo labgen-node >"$root/etc/hostname"
printf '127.0.0.1\tlocalhost\n127.0.1.1\tlabgen-node\n::1\tlocalhost ip6-localhost ip6-loopback\n' >"$root/etc/hosts"
: >"$root/etc/resolv.conf"
rm -f "$root/etc/apt/apt.conf.d/99mmdebstrap" "$root"/etc/apt/sources.list.d/*
cat >"$root/etc/apt/sources.list" <<SOURCES
deb http://deb.debian.org/debian $release main
deb http://deb.debian.org/debian $release-updates main
deb http://deb.debian.org/debian-security $release-security main
SOURCES
sed -i '/^force-/d' "$root/etc/dpkg/dpkg.cfg.d/99mmdebstrap"
rm -rf "$root"/var/log/*.log "$root"/var/log/apt "$root"/var/cache/debconf/*-old

# --- services: off until a lab asks for them (together they cost an emulated machine half of its boot)
systemctl --root="$root" disable --quiet etcd openvswitch-switch rsync docker containerd \
  apparmor uuidd.socket apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap fstrim.timer
# apparmor.service compiles profiles nobody here needs; dockerd loads its own by itself.
# docker.socket stays: the first docker command starts dockerd. A play that wants it at boot enables docker.service.
systemctl --root="$root" enable --quiet docker.socket ssh labgen-hostkeys labgen-same-addresses
for unit in console-getty.service systemd-firstboot.service systemd-repart.service systemd-pstore.service systemd-binfmt.service \
  proc-sys-fs-binfmt_misc.automount sys-fs-fuse-connections.mount sys-kernel-config.mount dev-hugepages.mount modprobe@drm.service; do
  ln -sf /dev/null "$units/$unit"
done

# --- in a container the kernel and its devices are the host's: leave them alone, even with --privileged
for unit in systemd-udevd.service systemd-udev-trigger.service systemd-udevd-control.socket systemd-udevd-kernel.socket \
  systemd-modules-load.service networking.service ifupdown-pre.service systemd-remount-fs.service \
  sys-kernel-debug.mount sys-kernel-tracing.mount; do
  mkdir -p "$units/$unit.d"
  printf '# The host owns this.\n[Unit]\nConditionVirtualization=!container\n' >"$units/$unit.d/50-not-in-a-container.conf"
done
# Debian's own kernel-wide settings would be the host's too.
mkdir -p "$root/etc/sysctl.d"
for file in "$root"/usr/lib/sysctl.d/*.conf; do
  ln -sf /dev/null "$root/etc/sysctl.d/$(basename "$file")"
done
