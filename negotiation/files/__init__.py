"""Every format in and out: deal files, CSV, XLSX, the data folder; size limits in one place."""
