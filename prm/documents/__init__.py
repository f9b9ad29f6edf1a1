"""Paper: PDF documents with their own fonts, amounts in Chinese capitals."""
