"""What providers of card terminals share: webhooks, heard and recorded once, and a screen that shows the newest."""
