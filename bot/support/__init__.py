"""What Hush does when somebody says that they are struggling."""
