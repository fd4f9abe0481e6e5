/** A private libvirtd: default paths inside, so that qemu:///system and vagrant-libvirt work as they are. */
import type { EngineRecipe } from './engine.js';

export const libvirtEngine: EngineRecipe = {
  programs: {
    libvirtd: 'libvirt-daemon-system',
    virsh: 'libvirt-clients',
    'qemu-system-x86_64': 'qemu-system-x86',
    dnsmasq: 'dnsmasq-base',
  },
  // - Definitions, disks, caches (what QEMU can do, measured with or without KVM) and logs are the engine's own.
  // - /dev/kvm: another node over it, since the machine's /dev is shared. 0,0 is no device, so opening it fails at
  //   once; probing a KVM that hangs takes 38 s each time. The good one is given to QEMU's user, whatever the
  //   machine's permissions.
  // - The sockets ask nobody who he is, so they are for root alone: QEMU and dnsmasq run beside them as other users.
  // - namespaces = []: QEMU gets no /dev of its own, which would hide that node. stdio to files saves virtlogd.
  script: `
for part in lib cache log; do
  mkdir -p "$data/libvirt/$part"
  chmod 711 "$data/libvirt/$part"
  mkdir -p "/var/$part/libvirt"
  mount -n --bind "$data/libvirt/$part" "/var/$part/libvirt"
done
mkdir -p /var/lib/libvirt/images /etc/libvirt
chmod 711 /var/lib/libvirt/images
mount -n -t tmpfs -o mode=755 tmpfs /etc/libvirt
cat >/etc/libvirt/qemu.conf <<'CONF'
namespaces = []
security_driver = "none"
stdio_handler = "file"
CONF
cat >/etc/libvirt/libvirtd.conf <<'CONF'
auth_unix_ro = "none"
auth_unix_rw = "none"
unix_sock_ro_perms = "0700"
unix_sock_rw_perms = "0700"
CONF
if [ -e /dev/kvm ]; then
  if [ "$kvm" = yes ]; then mknod -m 666 /run/kvm c 10 232; else mknod -m 000 /run/kvm c 0 0; fi
  mount -n --bind /run/kvm /dev/kvm
fi
if command -v dbus-daemon >/dev/null; then
  mkdir -p /run/dbus
  dbus-daemon --system --fork --nopidfile || echo "labgen: no system bus; libvirtd goes on without it"
fi
libvirtd --config /etc/libvirt/libvirtd.conf &
daemon=$!
`,
  question: ['virsh', '--connect', 'qemu:///system', '--quiet', 'version'],
  patienceMs: 90_000,
  env: () => ({ LIBVIRT_DEFAULT_URI: 'qemu:///system' }),
};
