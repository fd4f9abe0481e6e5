/** A private dockerd: its own containerd, images and addresses. */
import type { EngineRecipe } from './engine.js';

export const dockerEngine: EngineRecipe = {
  programs: { dockerd: 'docker.io', docker: 'docker.io', containerd: 'containerd', iptables: 'iptables' },
  // - The addresses are from 100.64.0.0/10 (RFC 6598), which no lab uses: the default, 172.17.0.0/16, is what nodes
  //   want for their own docker0.
  // - cgroupfs: the systemd driver would ask a systemd that cannot see these processes.
  // - The configuration is ours: a key of the machine's /etc/docker/daemon.json that repeats a flag is fatal. Older
  //   daemons also write a key into /etc/docker.
  // - The socket belongs to root's group: the machine's group "docker" has no business here.
  // - containerd apart from dockerd: the one that dockerd starts makes /opt/containerd on the machine.
  script: `
if [ -d /etc/docker ]; then mount -n -t tmpfs -o mode=755 tmpfs /etc/docker; fi
echo '{}' >"$run/daemon.json"
cat >"$run/containerd.toml" <<CONF
version = 2
root = "$data/containerd"
state = "/run/containerd"
disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.cri.v1.images", "io.containerd.cri.v1.runtime"]
[grpc]
  address = "/run/containerd/containerd.sock"
[plugins."io.containerd.internal.v1.opt"]
  path = "$data/containerd-opt"
CONF
containerd --config "$run/containerd.toml" --log-level warn &
dockerd --config-file "$run/daemon.json" --host "unix://$run/docker.sock" --group root --pidfile "$run/docker.pid" \\
  --data-root "$data/docker" --exec-root "$run/exec" --exec-opt native.cgroupdriver=cgroupfs \\
  --containerd /run/containerd/containerd.sock --log-level warn \\
  --bip 100.64.0.1/20 --default-address-pool base=100.64.128.0/17,size=24 &
daemon=$!
`,
  question: ['docker', 'version', '--format', '{{.Server.Version}}'],
  patienceMs: 60_000,
  env: (runDir) => ({ DOCKER_HOST: `unix://${runDir}/docker.sock`, DOCKER_TLS_VERIFY: '' }),
};
