"""What Hush draws: dark, slow, readable at phone width. Rendered off the event loop; libraries load late."""
