"""The launcher: Voilà with the playbook's page, forked kernels and command line."""
