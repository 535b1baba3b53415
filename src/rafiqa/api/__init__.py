"""The HTTP door: the desk's page, questions and acts, map layers and building tiles.

It knows every service and format, and Starlette. It may not know how facts are kept, nor
hold a rule of its own: what may be done is ruled in the services, and what an asker may see
is chosen here by whitelist.
"""

from rafiqa.api.app import make_app
from rafiqa.api.server import serve
from rafiqa.api.table import ENDPOINTS
from rafiqa.api.together import serve_together

__all__ = ["ENDPOINTS", "make_app", "serve", "serve_together"]
