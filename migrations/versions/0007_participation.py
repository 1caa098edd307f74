"""Activities, proposals and polls; announcements to those who asked for such"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

import models.base

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('poll',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('question', sa.String(), nullable=False),
    sa.Column('options', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('opens_on', sa.Date(), nullable=False),
    sa.Column('closes_on', sa.Date(), nullable=False),
    sa.Column('published', sa.Boolean(), nullable=False),
    sa.Column('created_at', models.base.UTCDateTime(timezone=True), nullable=False),
    sa.Column('agency_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], name=op.f('fk_poll_agency_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_poll'))
    )
    op.create_index(op.f('ix_poll_agency_id'), 'poll', ['agency_id'], unique=False)
    op.create_table('news_choice',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('conversation_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('value', sa.String(), nullable=False),
    sa.Column('at', models.base.UTCDateTime(timezone=True), nullable=False),
    sa.Column('agency_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("kind IN ('moo','interest','stop')", name=op.f('ck_news_choice_kind')),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], name=op.f('fk_news_choice_agency_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_news_choice_conversation_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_news_choice')),
    sa.UniqueConstraint('conversation_id', 'kind', 'value', name=op.f('uq_news_choice_conversation_id_kind_value'))
    )
    op.create_index('ix_news_choice_segment', 'news_choice', ['agency_id', 'kind', 'value'], unique=False)
    op.create_table('poll_marks',
    sa.Column('poll_id', sa.Integer(), nullable=False),
    sa.Column('people', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('agency_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], name=op.f('fk_poll_marks_agency_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['poll_id'], ['poll.id'], name=op.f('fk_poll_marks_poll_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('poll_id', name=op.f('pk_poll_marks'))
    )
    op.create_index(op.f('ix_poll_marks_agency_id'), 'poll_marks', ['agency_id'], unique=False)
    op.create_table('poll_votes',
    sa.Column('poll_id', sa.Integer(), nullable=False),
    sa.Column('counts', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('agency_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], name=op.f('fk_poll_votes_agency_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['poll_id'], ['poll.id'], name=op.f('fk_poll_votes_poll_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('poll_id', name=op.f('pk_poll_votes'))
    )
    op.create_index(op.f('ix_poll_votes_agency_id'), 'poll_votes', ['agency_id'], unique=False)
    op.create_table('proposal',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(), nullable=False),
    sa.Column('fiscal_year', sa.Integer(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('moo', sa.Integer(), nullable=True),
    sa.Column('contact', sa.String(), nullable=False),
    sa.Column('conversation_id', sa.Integer(), nullable=True),
    sa.Column('channel', sa.String(), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('summary', sa.String(), nullable=False),
    sa.Column('answer', sa.String(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('at', models.base.UTCDateTime(timezone=True), nullable=False),
    sa.Column('answered_at', models.base.UTCDateTime(timezone=True), nullable=True),
    sa.Column('agency_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("status IN ('received', 'considering', 'will_do', 'done', 'cannot')", name=op.f('ck_proposal_status')),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], name=op.f('fk_proposal_agency_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_proposal_conversation_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_proposal_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_proposal')),
    sa.UniqueConstraint('agency_id', 'number', name=op.f('uq_proposal_agency_id_number'))
    )
    op.create_index(op.f('ix_proposal_conversation_id'), 'proposal', ['conversation_id'], unique=False)
    op.create_table('activity',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('starts_at', models.base.UTCDateTime(timezone=True), nullable=False),
    sa.Column('ends_at', models.base.UTCDateTime(timezone=True), nullable=False),
    sa.Column('place', sa.String(), nullable=False),
    sa.Column('detail', sa.String(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('seats', sa.Integer(), nullable=True),
    sa.Column('signup_until', sa.Date(), nullable=True),
    sa.Column('remind_at', models.base.UTCDateTime(timezone=True), nullable=True),
    sa.Column('walk_ins', sa.Integer(), nullable=False),
    sa.Column('attended', sa.Integer(), nullable=True),
    sa.Column('who', sa.String(), nullable=False),
    sa.Column('said', sa.String(), nullable=False),
    sa.Column('result', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('register_entry_id', sa.Integer(), nullable=True),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.Column('created_at', models.base.UTCDateTime(timezone=True), nullable=False),
    sa.Column('agency_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("kind IN ('forum', 'mobile', 'activity', 'project')", name=op.f('ck_activity_kind')),
    sa.CheckConstraint("status IN ('draft', 'open', 'done', 'cancelled')", name=op.f('ck_activity_status')),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], name=op.f('fk_activity_agency_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['created_by_id'], ['staff.id'], name=op.f('fk_activity_created_by_id')),
    sa.ForeignKeyConstraint(['register_entry_id'], ['register_entry.id'], name=op.f('fk_activity_register_entry_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_activity_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_activity')),
    sa.UniqueConstraint('code', name=op.f('uq_activity_code'))
    )
    op.create_index('ix_activity_list', 'activity', ['agency_id', 'starts_at'], unique=False)
    op.create_index('ix_activity_remind', 'activity', ['remind_at'], unique=False, sqlite_where=sa.text('remind_at IS NOT NULL'), postgresql_where=sa.text('remind_at IS NOT NULL'))
    op.create_table('activity_opinion',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('activity_id', sa.Integer(), nullable=False),
    sa.Column('conversation_id', sa.Integer(), nullable=True),
    sa.Column('phase', sa.String(), nullable=False),
    sa.Column('rating', sa.Integer(), nullable=True),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('at', models.base.UTCDateTime(timezone=True), nullable=False),
    sa.Column('agency_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("phase IN ('before','after')", name=op.f('ck_activity_opinion_phase')),
    sa.CheckConstraint('rating BETWEEN 1 AND 5', name=op.f('ck_activity_opinion_rating')),
    sa.ForeignKeyConstraint(['activity_id'], ['activity.id'], name=op.f('fk_activity_opinion_activity_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], name=op.f('fk_activity_opinion_agency_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_activity_opinion_conversation_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_activity_opinion')),
    sa.UniqueConstraint('activity_id', 'conversation_id', 'phase', name=op.f('uq_activity_opinion_activity_id_conversation_id_phase'))
    )
    op.create_index(op.f('ix_activity_opinion_agency_id'), 'activity_opinion', ['agency_id'], unique=False)
    op.create_table('sign_up',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('activity_id', sa.Integer(), nullable=False),
    sa.Column('conversation_id', sa.Integer(), nullable=True),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('phone', sa.String(), nullable=False),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('notice_version', sa.Integer(), nullable=True),
    sa.Column('attended_at', models.base.UTCDateTime(timezone=True), nullable=True),
    sa.Column('at', models.base.UTCDateTime(timezone=True), nullable=False),
    sa.Column('agency_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("status IN ('joined', 'waiting', 'cancelled', 'walk_in')", name=op.f('ck_sign_up_status')),
    sa.CheckConstraint('people > 0', name=op.f('ck_sign_up_people')),
    sa.ForeignKeyConstraint(['activity_id'], ['activity.id'], name=op.f('fk_sign_up_activity_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], name=op.f('fk_sign_up_agency_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_sign_up_conversation_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_up')),
    sa.UniqueConstraint('activity_id', 'conversation_id', name=op.f('uq_sign_up_activity_id_conversation_id'))
    )
    op.create_index(op.f('ix_sign_up_agency_id'), 'sign_up', ['agency_id'], unique=False)
    op.create_index(op.f('ix_sign_up_conversation_id'), 'sign_up', ['conversation_id'], unique=False)
    op.add_column('announcement', sa.Column('audience', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), server_default='{}', nullable=False))
    op.add_column('announcement', sa.Column('status', sa.String(), server_default='sent', nullable=False))
    op.add_column('announcement', sa.Column('send_at', models.base.UTCDateTime(timezone=True), nullable=True))
    op.add_column('announcement', sa.Column('cursor', sa.Integer(), server_default='0', nullable=False))
    op.add_column('announcement', sa.Column('at_night', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index('ix_announcement_waiting', 'announcement', ['send_at'], unique=False, sqlite_where=sa.text("status = 'waiting'"), postgresql_where=sa.text("status = 'waiting'"))
    with op.batch_alter_table('announcement') as table:
        table.create_check_constraint(op.f('ck_announcement_status'), "status IN ('waiting','sent','withdrawn')")
