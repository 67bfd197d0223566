"""The shops outside: orders, parcels, scans, refunds, returns and people as plain values, and a log of what happened.

Knows nothing of the app. Every act changes the values, notes the truth and tells the app's door, as Shopify would.
"""

from tests.simulator.things import Line, Order, Parcel, Refund, Return, Scan


class World:
    """Hold the shops, hand out ids, note what happened (`truth`) and tell it (`told`: shop, topic, body, at)."""

    def __init__(self, speak, tell):
        self.shops, self.truth, self._speak, self._tell = {}, [], speak, tell
        self._ids = 7_000_000

    def new_id(self):
        """Return a number nobody else has."""
        self._ids += 1
        return self._ids

    def note(self, at, kind, shop, order=None, **facts):
        """Append to the truth."""
        self.truth.append({"at": at, "kind": kind, "shop": shop.domain, "order": order and order.id, **facts})

    def tell(self, shop, topic, body, at):
        """Have the shop tell the app, while it is installed or the topic comes after."""
        if shop.installed or topic in {"app/uninstalled", "customers/redact", "shop/redact"}:
            self.truth[-1].setdefault("hooks", []).append(self._tell(shop, topic, body, at))

    def changed(self, shop, order, at, topic="orders/updated"):
        """Tell the order as it is now."""
        order.updated_at = max(at, order.updated_at)
        self.tell(shop, topic, self._speak.order(shop, order), at)

    # -- what shoppers do

    def buy(self, shop, at, person, lines, *, paid, test):
        """Place an order of [(quantity, ships)]."""
        number = 1000 + len(shop.orders) + 1
        order = Order(
            self.new_id(), f"#{shop.domain[:2]}{number}", person, person.email, person.country, at, at, [],
            "paid" if paid else "pending", test,
        )  # fmt: skip
        for quantity, ships in lines:
            number = self.new_id()
            product = sorted(shop.products)[len(order.lines) % len(shop.products)]
            order.lines.append(Line(number, f"Thing {number}", product, quantity, quantity, ships))
        shop.orders[order.id] = order
        self.note(
            at, "placed", shop, order, name=order.name, email=order.email, country=order.country, paid=paid, test=test,
            lines={line.id: line.title for line in order.lines}, consent=person.consent, person=person.id,
            digital=[line.id for line in order.lines if not line.ships],
            products={line.id: line.product for line in order.lines},
        )  # fmt: skip
        self.changed(shop, order, at, "orders/create")
        return order

    def pay(self, shop, order, at):
        """Pay what was pending."""
        if order.financial == "pending" and not order.cancelled_at:
            order.financial = "paid"
            self.note(at, "paid", shop, order)
            self.changed(shop, order, at, "orders/paid")

    def consent(self, shop, person, at, state, *, by="shopper"):
        """Let a person change their mind at the shop, or have the app say that they did."""
        if not person.gone:
            person.consent, person.updated_at, person.changed_mind_at = state, at, at
            self.note(at, "consent", shop, person=person.id, state=state, by=by)
            self.tell(shop, "customers_email_marketing_consent/update", self._speak.consent(person), at)
            self.tell(shop, "customers/update", self._speak.customer(shop, person), at)

    def merge(self, shop, person, into, at):
        """Find that two customers are one: the second is kept, with all orders and the stricter of what they said."""
        if person.gone or into.gone or person is into:
            return
        person.gone, person.merged_into = True, into.id
        for order in shop.orders.values():
            if order.person is person:
                order.person, order.updated_at = into, at
        into.updated_at = at
        self.note(at, "merged", shop, person=person.id, into=into.id)
        self.tell(shop, "customers/merge", self._speak.merge(person, into), at)
        if person.consent == "unsubscribed" != into.consent:
            self.consent(shop, into, at, "unsubscribed")

    def redact(self, shop, person, at):
        """Have Shopify ask for a person's erasure."""
        if person.gone:
            return
        person.gone = True
        mine = [order for order in shop.orders.values() if order.person is person]
        self.note(at, "redact", shop, person=person.id, email=person.email)
        self.tell(shop, "customers/redact", self._speak.redact(shop, person, mine), at)

    # -- what merchants and carriers do

    def edit(self, shop, order, at, number):
        """Take a line out."""
        line = order.line(number)
        sent = sum(parcel.contents.get(number, 0) for parcel in order.parcels)
        if line.current and not sent and not order.cancelled_at and len(order.lines) > 1:
            line.current = 0
            self.note(at, "removed", shop, order, lines=[number])
            order.updated_at = at
            self.tell(shop, "orders/edited", {"order_edit": {"id": self.new_id(), "order_id": order.id}}, at)

    def cancel(self, shop, order, at):
        """Cancel what has not been sent."""
        if order.cancelled_at or order.parcels:
            return
        order.cancelled_at, order.cancel_reason = at, "customer"
        order.financial = "refunded" if order.financial == "paid" else "voided"
        for line in order.lines:
            line.current = 0
        self.note(at, "cancelled", shop, order)
        self.changed(shop, order, at, "orders/cancelled")

    def delete(self, shop, order, at):
        """Delete an order that was cancelled."""
        if order.cancelled_at and not order.deleted:
            order.deleted = True
            self.note(at, "deleted", shop, order)
            self.tell(shop, "orders/delete", {"id": order.id}, at)

    def ship(self, shop, order, at, numbers, *, tracked):
        """Send lines in a parcel, or all that is left."""
        if order.cancelled_at or order.deleted or order.financial == "pending":
            return None
        sent = {line.id: sum(parcel.contents.get(line.id, 0) for parcel in order.parcels) for line in order.lines}
        left = {line.id: line.current - sent[line.id] for line in order.lines if line.current > sent[line.id]}
        contents = {number: left[number] for number in numbers if number in left} if numbers else left
        if not contents:
            return None
        parcel = Parcel(self.new_id(), len(order.parcels) + 1, contents, tracked, at, at)
        order.parcels.append(parcel)
        self.note(at, "shipped", shop, order, parcel=parcel.id, lines=sorted(contents))
        order.updated_at = at
        self.tell(shop, "fulfillments/create", self._speak.parcel(shop, order, parcel), at)
        return parcel

    def scan(self, shop, order, at, parcel, status):
        """Let the carrier say something."""
        if parcel.status != "success" or order.deleted:
            return
        scan = Scan(self.new_id(), status, at, at)
        parcel.scans.append(scan)
        parcel.updated_at = order.updated_at = at
        self.note(at, "scan", shop, order, parcel=parcel.id, status=status, scan=scan.id)
        self.tell(shop, "fulfillment_events/create", self._speak.scan(shop, order, parcel, scan), at)

    def take_back(self, shop, order, at, parcel):
        """Let the carrier take its last word back."""
        if parcel.scans and not order.deleted:
            scan = parcel.scans.pop()
            parcel.updated_at = order.updated_at = at
            self.note(at, "scan_gone", shop, order, parcel=parcel.id, scan=scan.id)
            self.tell(shop, "fulfillment_events/delete", self._speak.scan(shop, order, parcel, scan), at)

    def refund(self, shop, order, at, numbers):
        """Give money back for lines, or for all."""
        if order.financial not in {"paid", "partially_refunded"} or order.deleted:
            return
        lines = {line.id: line.current for line in order.lines if line.current and (not numbers or line.id in numbers)}
        if not lines:
            return
        refund = Refund(self.new_id(), at, lines)
        order.refunds.append(refund)
        for number in lines:
            order.line(number).current = 0
        order.financial = "partially_refunded" if any(line.current for line in order.lines) else "refunded"
        self.note(at, "refunded", shop, order, lines=sorted(lines), whole=order.financial == "refunded")
        order.updated_at = at
        self.tell(shop, "refunds/create", self._speak.refund(shop, order, refund), at)
        self.changed(shop, order, at)

    def ask_return(self, shop, order, at, parcel):
        """Ask to send a parcel's first line back."""
        if order.deleted or parcel.status != "success":
            return None
        number = next(iter(parcel.contents))
        case = Return(self.new_id(), len(order.returns) + 1, {number: parcel.contents[number]}, at)
        order.returns.append(case)
        self.note(at, "return", shop, order, case=case.id, status="requested", lines=[number])
        order.updated_at = at
        self.tell(shop, "returns/request", self._speak.return_opened(shop, order, case), at)
        return case

    def decide(self, shop, order, at, case, verb, status):
        """Move a return on."""
        case.status, case.closed_at = status, at if status == "closed" else None
        self.note(at, "return", shop, order, case=case.id, status=status, lines=sorted(case.lines))
        order.updated_at = at
        opened = verb == "approve"
        body = self._speak.return_opened(shop, order, case) if opened else self._speak.return_moved(order, case)
        self.tell(shop, f"returns/{verb}", body, at)

    def uninstall(self, shop, at):
        """Remove the app."""
        if shop.installed:
            self.note(at, "uninstalled", shop)
            shop.installed = False
            self.tell(shop, "app/uninstalled", self._speak.shop(shop), at)
