"""Template filters of the desk (コールセンターの表示)."""

from django import template

from sesshu.outside.booking.rules import product_word

register = template.Library()
register.filter("product", product_word)
