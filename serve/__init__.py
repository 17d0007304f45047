"""The launcher: Voilà with the playbook's template, forked kernels, and the command line."""
