"""What an ERP exports of vendor invoices, purchase orders and receipts."""
