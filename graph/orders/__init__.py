"""Orders (订单): who bought what at which price, in exact money."""

from graph.orders.fields import OrderCancel, OrderFields, OrderLineFields, OrderRecord, OrderUpdate
from graph.orders.writes import cancel, delete, record, update

__all__ = ["OrderCancel", "OrderFields", "OrderLineFields", "OrderRecord", "OrderUpdate", "cancel", "delete", "record", "update"]
