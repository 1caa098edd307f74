"""Forms, requests and borrowing"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

import models.base

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('form',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('about', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('sla_value', sa.Integer(), nullable=False),
    sa.Column('sla_unit', sa.String(), nullable=False),
    sa.Column('category_id', sa.Integer(), nullable=True),
    sa.Column('service_id', sa.Integer(), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('listed', sa.Boolean(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('settings', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('created_at', models.base.UTCDateTime(timezone=True), nullable=False),
    sa.Column('agency_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("kind IN ('request', 'survey', 'opinion', 'anonymous')", name=op.f('ck_form_kind')),
    sa.CheckConstraint("sla_unit IN ('hours','working_days','days')", name=op.f('ck_form_sla_unit')),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], name=op.f('fk_form_agency_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['category_id'], ['category.id'], name=op.f('fk_form_category_id')),
    sa.ForeignKeyConstraint(['service_id'], ['service_entry.id'], name=op.f('fk_form_service_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_form_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_form')),
    sa.UniqueConstraint('agency_id', 'key', name=op.f('uq_form_agency_id_key'))
    )
    op.create_index(op.f('ix_form_agency_id'), 'form', ['agency_id'], unique=False)
    op.create_table('answered_marks',
    sa.Column('form_id', sa.Integer(), nullable=False),
    sa.Column('people', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('agency_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], name=op.f('fk_answered_marks_agency_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['form_id'], ['form.id'], name=op.f('fk_answered_marks_form_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('form_id', name=op.f('pk_answered_marks'))
    )
    op.create_index(op.f('ix_answered_marks_agency_id'), 'answered_marks', ['agency_id'], unique=False)
    op.create_table('form_version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('form_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('fields', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('in_use', sa.Boolean(), nullable=False),
    sa.Column('created_at', models.base.UTCDateTime(timezone=True), nullable=False),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.Column('published_at', models.base.UTCDateTime(timezone=True), nullable=True),
    sa.Column('published_by_id', sa.Integer(), nullable=True),
    sa.Column('agency_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], name=op.f('fk_form_version_agency_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['created_by_id'], ['staff.id'], name=op.f('fk_form_version_created_by_id')),
    sa.ForeignKeyConstraint(['form_id'], ['form.id'], name=op.f('fk_form_version_form_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['published_by_id'], ['staff.id'], name=op.f('fk_form_version_published_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_form_version')),
    sa.UniqueConstraint('form_id', 'number', name=op.f('uq_form_version_form_id_number'))
    )
    op.create_index(op.f('ix_form_version_agency_id'), 'form_version', ['agency_id'], unique=False)
    op.create_index(op.f('ix_form_version_form_id'), 'form_version', ['form_id'], unique=False)
    op.create_index('uq_form_version_in_use', 'form_version', ['form_id'], unique=True, sqlite_where=sa.text('in_use'), postgresql_where=sa.text('in_use'))
    op.create_table('anonymous_answers',
    sa.Column('form_version_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('answers', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('agency_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], name=op.f('fk_anonymous_answers_agency_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['form_version_id'], ['form_version.id'], name=op.f('fk_anonymous_answers_form_version_id')),
    sa.PrimaryKeyConstraint('form_version_id', 'day', name=op.f('pk_anonymous_answers'))
    )
    op.create_index(op.f('ix_anonymous_answers_agency_id'), 'anonymous_answers', ['agency_id'], unique=False)
    op.create_table('form_answer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('form_version_id', sa.Integer(), nullable=False),
    sa.Column('conversation_id', sa.Integer(), nullable=True),
    sa.Column('channel', sa.String(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('answers', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('at', models.base.UTCDateTime(timezone=True), nullable=False),
    sa.Column('agency_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], name=op.f('fk_form_answer_agency_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_form_answer_conversation_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['form_version_id'], ['form_version.id'], name=op.f('fk_form_answer_form_version_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_form_answer'))
    )
    op.create_index(op.f('ix_form_answer_agency_id'), 'form_answer', ['agency_id'], unique=False)
    op.create_index(op.f('ix_form_answer_at'), 'form_answer', ['at'], unique=False)
    op.create_index(op.f('ix_form_answer_form_version_id'), 'form_answer', ['form_version_id'], unique=False)
    op.create_table('request',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('form_version_id', sa.Integer(), nullable=False),
    sa.Column('answers', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('agency_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], name=op.f('fk_request_agency_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_request_case_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['form_version_id'], ['form_version.id'], name=op.f('fk_request_form_version_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_request')),
    sa.UniqueConstraint('case_id', name=op.f('uq_request_case_id'))
    )
    op.create_index(op.f('ix_request_agency_id'), 'request', ['agency_id'], unique=False)
    op.create_index(op.f('ix_request_form_version_id'), 'request', ['form_version_id'], unique=False)
    op.add_column('case', sa.Column('kind', sa.String(), server_default='complaint', nullable=False))
    op.add_column('category', sa.Column('kind', sa.String(), server_default='complaint', nullable=False))
