"""What people touch and see: one topic, one file, one public class."""
