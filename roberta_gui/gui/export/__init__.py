"""What leaves the window: pictures, tables and arrays with their receipts."""
