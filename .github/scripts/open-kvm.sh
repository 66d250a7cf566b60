#!/bin/sh
# GitHub's runners have /dev/kvm for root alone; those without nested virtualization have none. A machine of one's own may have no sudo,
# or want a password. Nothing of that ends the job: what KVM was like is in the verdict.
set -eu
rule='KERNEL=="kvm", GROUP="kvm", MODE="0666", OPTIONS+="static_node=kvm"'
if printf '%s\n' "$rule" | sudo -n tee /etc/udev/rules.d/99-kvm.rules; then
  sudo -n udevadm control --reload-rules
  sudo -n udevadm trigger --name-match=kvm
  for module in vhost_vsock vhost_net; do
    sudo -n modprobe "$module" || echo "$module: not on this runner"
  done
else
  echo "no sudo without a password here: /dev/kvm stays as it is"
fi
ls -l /dev/kvm /dev/vhost-vsock /dev/vhost-net || echo "not all of them are on this runner"
