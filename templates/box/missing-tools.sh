#!/bin/sh
# Prints the tools that are not there, one a line.
#   missing-tools.sh TOOL…
PATH=$PATH:/usr/sbin:/sbin
for tool; do
  command -v "$tool" >/dev/null || echo "$tool"
done
