"""What teams hand in: forms, drafts, versions, receipts, deadlines, screening."""
