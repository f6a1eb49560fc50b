"""What all zones look like: settings, middleware, guard, form fields, templates, style sheet."""
