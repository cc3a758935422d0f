-- Mailboxes, the push outbox, grain state, the cluster's secret. Owner first in every key: a distributed database keeps a user together.

create table krewe_mailboxes (
  owner text collate "C" not null primary key,
  first_seq bigint not null default 1,
  last_seq bigint not null default 0,
  revision bigint not null default 0,
  state bytea
) with (fillfactor = 70); -- Room for the next version of a row on its own page: a head is updated with every item.

create table krewe_items (
  owner text collate "C" not null,
  seq bigint not null,
  id_key bigint not null,  -- of sender and id
  peer_key bigint,         -- of the other party; null: not a message
  sent_at bigint not null, -- milliseconds of Unix time
  item bytea not null,     -- its sender, text and the rest, with a checksum
  primary key (owner, seq)
);
create index krewe_items_id on krewe_items (owner, id_key);
create index krewe_items_peer on krewe_items (owner, peer_key, seq) where peer_key is not null;

create table krewe_pushes (
  owner text collate "C" not null,
  device bytea not null,
  kind int not null,
  seq bigint not null,
  platform int not null,
  due timestamptz not null,
  since timestamptz not null,
  attempts int not null,
  last_code text,
  claim bigint not null,         -- 0: nobody has it in hand
  until timestamptz,             -- the end of the claim
  next_at timestamptz not null,  -- when it may be claimed: the later of due and until
  replaced boolean not null,     -- since the claim
  late_due timestamptz,          -- of the first that joined since the claim
  late_since timestamptz,
  primary key (owner, device)
) with (fillfactor = 70);
create index krewe_pushes_next on krewe_pushes (platform, next_at);

create table krewe_pushes_aside (
  owner text collate "C" not null,
  device bytea not null,
  platform int not null,
  at timestamptz not null,
  push bytea not null,
  primary key (owner, device)
);
create index krewe_pushes_aside_at on krewe_pushes_aside (at);

create table krewe_grains (
  grain_id text collate "C" not null,
  state_name text collate "C" not null,
  etag text not null,
  payload bytea not null,
  primary key (grain_id, state_name)
);

create table krewe_secret (
  id int not null primary key check (id = 1),
  secret bytea not null
);
