"""Ready texts 模板 per category × step: kept by the desk of an area, offered where a step asks for words."""
