#!/bin/sh
# GitHub's runners have /dev/kvm for root alone; those without nested virtualization have none, which the verdict then says.
set -eu
rule='KERNEL=="kvm", GROUP="kvm", MODE="0666", OPTIONS+="static_node=kvm"'
printf '%s\n' "$rule" | sudo tee /etc/udev/rules.d/99-kvm.rules
sudo udevadm control --reload-rules
sudo udevadm trigger --name-match=kvm
for module in vhost_vsock vhost_net; do
  sudo modprobe "$module" || echo "$module: not on this runner"
done
ls -l /dev/kvm /dev/vhost-vsock /dev/vhost-net || echo "not all of them are on this runner"
