"""The archive inside frameworks of others: one module each, which needs that framework (extra ``integrations``)."""
