"""The Model Context Protocol: what the graph can be asked, as tools for agents.

tool_list      which tools there are, with their parameters
calls          does what a tool is called for; in a worker, for HTTP, or in a process of its own, on stdio
question_tool  asks a question and gives its rows, page by page
row_evidence   what each row rests on: documents and the places in them
row_standing   how each row stands: certain, possible or not judged, contradicted, and how much its network holds
thing_tools    finds names, describes things, tells of the vocabulary
protocol       speaks the protocol, by the official SDK
http_mount     at /mcp, over streamable HTTP
"""
