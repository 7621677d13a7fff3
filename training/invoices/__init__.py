"""Learn what is wrong in vendor invoices from what people found who checked some of them."""
