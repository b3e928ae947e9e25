"""Plays through the official client of the Model Context Protocol; run by the Python of a virtual environment."""

import asyncio
import json
import sys

from mcp.client.client import Client


async def play(url):
    async with Client(url) as client:
        tools = (await client.list_tools()).tools
        first = await client.call_tool("observe", {})
        results = [await client.call_tool("act", {"action": action}) for action in (0, 1, 9)]
        try:
            unknown = (await client.call_tool("reset", {})).is_error
        except Exception as error:
            unknown = str(error)
        return {
            "version": client.protocol_version,
            "tools": {tool.name: tool.input_schema for tool in tools},
            "first": first.structured_content,
            "results": [
                {"error": result.is_error, "content": result.structured_content, "text": result.content[0].text}
                for result in results
            ],
            "unknown": unknown,
        }


print(json.dumps(asyncio.run(play(sys.argv[1]))))
