"""A question made concrete: what is shown, and a key that is looked up or computed. Pure."""

from dva.items.building import Choice, Exhibit, Item, build_item, seed_of, value_id, value_text

__all__ = ["Choice", "Exhibit", "Item", "build_item", "seed_of", "value_id", "value_text"]
