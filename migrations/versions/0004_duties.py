"""Duties, measures, documents"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

import models.base

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('ita_score',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('fiscal_year', sa.Integer(), nullable=False),
    sa.Column('what', sa.String(), nullable=False),
    sa.Column('hundredths', sa.Integer(), nullable=False),
    sa.Column('entered_at', models.base.UTCDateTime(timezone=True), nullable=False),
    sa.Column('agency_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], name=op.f('fk_ita_score_agency_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ita_score')),
    sa.UniqueConstraint('agency_id', 'fiscal_year', 'what', name=op.f('uq_ita_score_agency_id_fiscal_year_what'))
    )
    op.create_index(op.f('ix_ita_score_agency_id'), 'ita_score', ['agency_id'], unique=False)
    op.create_table('summary',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('period', sa.String(), nullable=False),
    sa.Column('fiscal_year', sa.Integer(), nullable=False),
    sa.Column('figures', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('created_at', models.base.UTCDateTime(timezone=True), nullable=False),
    sa.Column('agency_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], name=op.f('fk_summary_agency_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_summary')),
    sa.UniqueConstraint('agency_id', 'period', name=op.f('uq_summary_agency_id_period'))
    )
    op.create_index(op.f('ix_summary_agency_id'), 'summary', ['agency_id'], unique=False)
    op.create_table('calendar_feed',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.String(), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=True),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.Column('created_at', models.base.UTCDateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', models.base.UTCDateTime(timezone=True), nullable=True),
    sa.Column('agency_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], name=op.f('fk_calendar_feed_agency_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['created_by_id'], ['staff.id'], name=op.f('fk_calendar_feed_created_by_id')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_calendar_feed_staff_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_calendar_feed_unit_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_calendar_feed')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_calendar_feed_token_hash'))
    )
    op.create_index(op.f('ix_calendar_feed_agency_id'), 'calendar_feed', ['agency_id'], unique=False)
    op.create_table('duty_rule',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('fiscal_year', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('detail', sa.String(), nullable=False),
    sa.Column('schedule', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('owner_id', sa.Integer(), nullable=True),
    sa.Column('item_codes', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('systems', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('escalates', sa.Boolean(), nullable=False),
    sa.Column('origin', sa.String(), nullable=False),
    sa.Column('confirmed', sa.Boolean(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('agency_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], name=op.f('fk_duty_rule_agency_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['owner_id'], ['staff.id'], name=op.f('fk_duty_rule_owner_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_duty_rule_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_duty_rule')),
    sa.UniqueConstraint('agency_id', 'fiscal_year', 'key', name=op.f('uq_duty_rule_agency_id_fiscal_year_key'))
    )
    op.create_index(op.f('ix_duty_rule_agency_id'), 'duty_rule', ['agency_id'], unique=False)
    op.create_table('element',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('fiscal_year', sa.Integer(), nullable=False),
    sa.Column('item_code', sa.String(), nullable=False),
    sa.Column('item_title', sa.String(), nullable=False),
    sa.Column('indicator', sa.String(), nullable=False),
    sa.Column('no', sa.Integer(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('met_by_id', sa.Integer(), nullable=True),
    sa.Column('checked_by_id', sa.Integer(), nullable=True),
    sa.Column('checked_at', models.base.UTCDateTime(timezone=True), nullable=True),
    sa.Column('agency_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("status IN ('open','met','not_applicable')", name=op.f('ck_element_status')),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], name=op.f('fk_element_agency_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['checked_by_id'], ['staff.id'], name=op.f('fk_element_checked_by_id')),
    sa.ForeignKeyConstraint(['met_by_id'], ['staff.id'], name=op.f('fk_element_met_by_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_element_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_element')),
    sa.UniqueConstraint('agency_id', 'fiscal_year', 'item_code', 'no', name=op.f('uq_element_agency_id_fiscal_year_item_code_no'))
    )
    op.create_index(op.f('ix_element_agency_id'), 'element', ['agency_id'], unique=False)
    op.create_table('measure',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('fiscal_year', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('instrument', sa.String(), nullable=False),
    sa.Column('indicator', sa.Integer(), nullable=True),
    sa.Column('item_code', sa.String(), nullable=False),
    sa.Column('item_text', sa.String(), nullable=False),
    sa.Column('issue', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('steps', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('responsible_units', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('responsible_roles', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('owner_id', sa.Integer(), nullable=True),
    sa.Column('period_text', sa.String(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=True),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('supervision', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('cadence', sa.String(), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('results', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('outcome', sa.String(), nullable=False),
    sa.Column('suggestion', sa.String(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('created_at', models.base.UTCDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', models.base.UTCDateTime(timezone=True), nullable=False),
    sa.Column('agency_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("instrument IN ('','IIT','EIT','OIT')", name=op.f('ck_measure_instrument')),
    sa.CheckConstraint("status IN ('not_started', 'in_progress', 'done')", name=op.f('ck_measure_status')),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], name=op.f('fk_measure_agency_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['owner_id'], ['staff.id'], name=op.f('fk_measure_owner_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_measure_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_measure'))
    )
    op.create_index(op.f('ix_measure_agency_id'), 'measure', ['agency_id'], unique=False)
    op.create_index('ix_measure_list', 'measure', ['agency_id', 'fiscal_year', 'position'], unique=False)
    op.create_index(op.f('ix_measure_owner_id'), 'measure', ['owner_id'], unique=False)
    op.create_table('official_document',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('fiscal_year', sa.Integer(), nullable=False),
    sa.Column('period', sa.String(), nullable=False),
    sa.Column('layout', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('dated', sa.Date(), nullable=False),
    sa.Column('figures', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('findings', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.Column('created_at', models.base.UTCDateTime(timezone=True), nullable=False),
    sa.Column('agency_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], name=op.f('fk_official_document_agency_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['created_by_id'], ['staff.id'], name=op.f('fk_official_document_created_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_official_document')),
    sa.UniqueConstraint('agency_id', 'kind', 'fiscal_year', 'period', 'layout', 'version', name=op.f('uq_official_document_agency_id_kind_fiscal_year_period_layout_version'))
    )
    op.create_index(op.f('ix_official_document_agency_id'), 'official_document', ['agency_id'], unique=False)
    op.create_table('pack_receipt',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.Column('fiscal_year', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('given_at', models.base.UTCDateTime(timezone=True), nullable=False),
    sa.Column('acknowledged_at', models.base.UTCDateTime(timezone=True), nullable=True),
    sa.Column('agency_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], name=op.f('fk_pack_receipt_agency_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_pack_receipt_staff_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pack_receipt'))
    )
    op.create_index(op.f('ix_pack_receipt_agency_id'), 'pack_receipt', ['agency_id'], unique=False)
    op.create_index(op.f('ix_pack_receipt_staff_id'), 'pack_receipt', ['staff_id'], unique=False)
    op.create_table('register_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('register', sa.String(), nullable=False),
    sa.Column('fiscal_year', sa.Integer(), nullable=False),
    sa.Column('dated', sa.Date(), nullable=True),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('data', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('expires_on', sa.Date(), nullable=True),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.Column('created_at', models.base.UTCDateTime(timezone=True), nullable=False),
    sa.Column('agency_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("register IN ('orders', 'committees', 'activities', 'channels', 'news', 'gifts', 'procurement', 'improvements')", name=op.f('ck_register_entry_register')),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], name=op.f('fk_register_entry_agency_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['created_by_id'], ['staff.id'], name=op.f('fk_register_entry_created_by_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_register_entry_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_register_entry'))
    )
    op.create_index(op.f('ix_register_entry_agency_id'), 'register_entry', ['agency_id'], unique=False)
    op.create_index('ix_register_entry_list', 'register_entry', ['agency_id', 'register', 'fiscal_year', 'dated'], unique=False)
    op.create_table('summary_receipt',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('summary_id', sa.Integer(), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.Column('sent_at', models.base.UTCDateTime(timezone=True), nullable=True),
    sa.Column('acknowledged_at', models.base.UTCDateTime(timezone=True), nullable=True),
    sa.Column('agency_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], name=op.f('fk_summary_receipt_agency_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_summary_receipt_staff_id')),
    sa.ForeignKeyConstraint(['summary_id'], ['summary.id'], name=op.f('fk_summary_receipt_summary_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_summary_receipt')),
    sa.UniqueConstraint('summary_id', 'staff_id', name=op.f('uq_summary_receipt_summary_id_staff_id'))
    )
    op.create_index(op.f('ix_summary_receipt_agency_id'), 'summary_receipt', ['agency_id'], unique=False)
    op.create_index(op.f('ix_summary_receipt_staff_id'), 'summary_receipt', ['staff_id'], unique=False)
    op.create_table('duty',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('rule_id', sa.Integer(), nullable=True),
    sa.Column('fiscal_year', sa.Integer(), nullable=False),
    sa.Column('period_key', sa.String(), nullable=False),
    sa.Column('period_label', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('detail', sa.String(), nullable=False),
    sa.Column('planned_on', sa.Date(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('owner_id', sa.Integer(), nullable=True),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('cancel_reason', sa.String(), nullable=False),
    sa.Column('created_at', models.base.UTCDateTime(timezone=True), nullable=False),
    sa.Column('started_at', models.base.UTCDateTime(timezone=True), nullable=True),
    sa.Column('submitted_at', models.base.UTCDateTime(timezone=True), nullable=True),
    sa.Column('submitted_by_id', sa.Integer(), nullable=True),
    sa.Column('done_at', models.base.UTCDateTime(timezone=True), nullable=True),
    sa.Column('approved_by_id', sa.Integer(), nullable=True),
    sa.Column('escalation', sa.Integer(), nullable=False),
    sa.Column('wake_at', models.base.UTCDateTime(timezone=True), nullable=True),
    sa.Column('agency_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("status IN ('open', 'in_progress', 'submitted', 'done', 'cancelled')", name=op.f('ck_duty_status')),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], name=op.f('fk_duty_agency_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['approved_by_id'], ['staff.id'], name=op.f('fk_duty_approved_by_id')),
    sa.ForeignKeyConstraint(['owner_id'], ['staff.id'], name=op.f('fk_duty_owner_id')),
    sa.ForeignKeyConstraint(['rule_id'], ['duty_rule.id'], name=op.f('fk_duty_rule_id')),
    sa.ForeignKeyConstraint(['submitted_by_id'], ['staff.id'], name=op.f('fk_duty_submitted_by_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_duty_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_duty')),
    sa.UniqueConstraint('agency_id', 'rule_id', 'period_key', name=op.f('uq_duty_agency_id_rule_id_period_key'))
    )
    op.create_index(op.f('ix_duty_agency_id'), 'duty', ['agency_id'], unique=False)
    op.create_index('ix_duty_list', 'duty', ['agency_id', 'fiscal_year', 'due_on'], unique=False)
    op.create_index(op.f('ix_duty_owner_id'), 'duty', ['owner_id'], unique=False)
    op.create_index('ix_duty_wake', 'duty', ['wake_at'], unique=False, sqlite_where=sa.text('wake_at IS NOT NULL'), postgresql_where=sa.text('wake_at IS NOT NULL'))
    op.create_table('duty_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('duty_id', sa.Integer(), nullable=False),
    sa.Column('at', models.base.UTCDateTime(timezone=True), nullable=False),
    sa.Column('action', sa.String(), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=True),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('detail', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('agency_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], name=op.f('fk_duty_event_agency_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['duty_id'], ['duty.id'], name=op.f('fk_duty_event_duty_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_duty_event_staff_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_duty_event'))
    )
    op.create_index(op.f('ix_duty_event_agency_id'), 'duty_event', ['agency_id'], unique=False)
    op.create_index(op.f('ix_duty_event_duty_id'), 'duty_event', ['duty_id'], unique=False)
    op.create_table('duty_notice',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('duty_id', sa.Integer(), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('mark', sa.Integer(), nullable=False),
    sa.Column('level', sa.Integer(), nullable=False),
    sa.Column('digest_key', sa.String(), nullable=False),
    sa.Column('planned_at', models.base.UTCDateTime(timezone=True), nullable=False),
    sa.Column('sent_at', models.base.UTCDateTime(timezone=True), nullable=True),
    sa.Column('via', sa.String(), nullable=False),
    sa.Column('withdrawn_at', models.base.UTCDateTime(timezone=True), nullable=True),
    sa.Column('acknowledged_at', models.base.UTCDateTime(timezone=True), nullable=True),
    sa.Column('agency_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], name=op.f('fk_duty_notice_agency_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['duty_id'], ['duty.id'], name=op.f('fk_duty_notice_duty_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_duty_notice_staff_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_duty_notice')),
    sa.UniqueConstraint('duty_id', 'staff_id', 'due_on', 'mark', name=op.f('uq_duty_notice_duty_id_staff_id_due_on_mark'))
    )
    op.create_index(op.f('ix_duty_notice_agency_id'), 'duty_notice', ['agency_id'], unique=False)
    op.create_index('ix_duty_notice_digest', 'duty_notice', ['agency_id', 'digest_key'], unique=False)
    op.create_index(op.f('ix_duty_notice_duty_id'), 'duty_notice', ['duty_id'], unique=False)
    op.create_index(op.f('ix_duty_notice_staff_id'), 'duty_notice', ['staff_id'], unique=False)
    op.create_table('evidence',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('url', sa.String(), nullable=False),
    sa.Column('order_number', sa.String(), nullable=False),
    sa.Column('dated', sa.Date(), nullable=True),
    sa.Column('attachment_id', sa.Integer(), nullable=True),
    sa.Column('duty_id', sa.Integer(), nullable=True),
    sa.Column('measure_id', sa.Integer(), nullable=True),
    sa.Column('element_id', sa.Integer(), nullable=True),
    sa.Column('entry_id', sa.Integer(), nullable=True),
    sa.Column('added_by_id', sa.Integer(), nullable=True),
    sa.Column('added_at', models.base.UTCDateTime(timezone=True), nullable=False),
    sa.Column('approved_by_id', sa.Integer(), nullable=True),
    sa.Column('approved_at', models.base.UTCDateTime(timezone=True), nullable=True),
    sa.Column('link_status', sa.String(), nullable=False),
    sa.Column('link_checked_at', models.base.UTCDateTime(timezone=True), nullable=True),
    sa.Column('link_detail', sa.String(), nullable=False),
    sa.Column('agency_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("kind IN ('url', 'order', 'file', 'photo', 'event')", name=op.f('ck_evidence_kind')),
    sa.ForeignKeyConstraint(['added_by_id'], ['staff.id'], name=op.f('fk_evidence_added_by_id')),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], name=op.f('fk_evidence_agency_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['approved_by_id'], ['staff.id'], name=op.f('fk_evidence_approved_by_id')),
    sa.ForeignKeyConstraint(['attachment_id'], ['attachment.id'], name=op.f('fk_evidence_attachment_id')),
    sa.ForeignKeyConstraint(['duty_id'], ['duty.id'], name=op.f('fk_evidence_duty_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['element_id'], ['element.id'], name=op.f('fk_evidence_element_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['entry_id'], ['register_entry.id'], name=op.f('fk_evidence_entry_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['measure_id'], ['measure.id'], name=op.f('fk_evidence_measure_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_evidence'))
    )
    op.create_index(op.f('ix_evidence_agency_id'), 'evidence', ['agency_id'], unique=False)
    op.create_index(op.f('ix_evidence_duty_id'), 'evidence', ['duty_id'], unique=False)
    op.create_index(op.f('ix_evidence_element_id'), 'evidence', ['element_id'], unique=False)
    op.create_index(op.f('ix_evidence_entry_id'), 'evidence', ['entry_id'], unique=False)
    op.create_index(op.f('ix_evidence_measure_id'), 'evidence', ['measure_id'], unique=False)
