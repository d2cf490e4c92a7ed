"""The store in Milvus: passages and records in collections, originals in an object store.

Nothing here is imported before an address of this kind is opened.
"""
