-- One more customer, with 100,000 logins, 2,000 orders and 4,000 items in them.
INSERT INTO address VALUES ({number}, 1, 'Example Street', 'Exampletown', 'NY', '12345');
INSERT INTO customer VALUES ({number}, 'c{number}@mail.example', 'Customer {number}', '2020-04-01 11:47:42', {number});
INSERT INTO login SELECT {beyond} + i, {number}, '2021-01-06 01:00:00' FROM generate_series(1, 100000) i;
INSERT INTO orders SELECT 'many-{number}-' || i, {number}, {number}, NULL FROM generate_series(1, 2000) i;
INSERT INTO order_item SELECT 'many-{number}-' || i, n, 1 + i % 6, 1 FROM generate_series(1, 2000) i, generate_series(1, 2) n;
